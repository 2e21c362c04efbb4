// What is learned of a town is its roads, whatever else its readings say.
#include <gtest/gtest.h>

#include <cmath>

#include "query/travel_links.h"
#include "tests/unit/query/small_town.h"

namespace sightline::query {
namespace {

using testing::SmallTown;
using testing::TownStop;
using testing::Utc;

constexpr int kVehicles = 200;
constexpr double kLink = 0.01;  // degrees: 1,112 m, which the bound allows in 18 s

// Cameras 1 to `count` in a row, and vehicles that drive along all of them and, later, back: 60 to 79
// seconds a link.
SmallTown Row(uint32_t count) {
  SmallTown town;
  for (uint32_t camera = 1; camera <= count; ++camera) town.Put(camera, {kLink * camera, 0});
  return town;
}

void DriveAlong(SmallTown& town, uint32_t count, int vehicles = kVehicles) {
  for (int vehicle = 0; vehicle < vehicles; ++vehicle) {
    const double link_s = 60 + vehicle % 20;
    const double start_s = 40.0 * vehicle;
    std::vector<TownStop> stops;
    for (uint32_t i = 0; i < count; ++i) stops.push_back({i + 1, start_s + i * link_s});
    for (uint32_t i = 0; i < count; ++i) {
      stops.push_back({count - i, start_s + 3'600 + i * link_s});
    }
    town.Drive("V" + std::to_string(vehicle), stops);
  }
}

// The first link as it is learned of honest vehicles.
void ExpectPlainLink(const TravelTimes& learned, uint32_t from = 1, uint32_t to = 2) {
  const TravelTime time = learned.Between(from, to, HourClass::kDay);
  EXPECT_TRUE(time.direct);
  EXPECT_NEAR(time.median_s, 70, 3);
  EXPECT_NEAR(time.slow_s, 78, 4);
  EXPECT_LT(time.fastest_s, 0.75 * 60);
  EXPECT_GT(time.fastest_s, 0.5 * 60);
}

TEST(TravelLearning, ALinkHasItsQuantilesAndItsSamples) {
  SmallTown town = Row(2);
  DriveAlong(town, 2);
  const auto learned = town.Learn();
  ExpectPlainLink(*learned);
  EXPECT_EQ(learned->Between(1, 2, HourClass::kDay).samples, uint64_t{kVehicles});
  EXPECT_EQ(learned->basis().plates, uint64_t{kVehicles});
  EXPECT_EQ(learned->basis().links, 2u);
  ASSERT_EQ(learned->LinksFrom(1).size(), 1u);
  EXPECT_EQ(learned->LinksFrom(1)[0].to, 2u);
  EXPECT_NEAR(learned->LinksFrom(1)[0].distance.value, kLink * testing::kTownDegreeMeters, 0.1);
  EXPECT_EQ(learned->LinksFrom(1)[0].hours[static_cast<size_t>(HourClass::kNight)].samples, 0u);
}

TEST(TravelLearning, AVehicleCountsOnceADay) {
  SmallTown town = Row(2);
  DriveAlong(town, 2, 60);
  for (int i = 0; i < 60; ++i) town.Drive("TAXI", {{1, 200.0 * i}, {2, 200.0 * i + 30}});
  const TravelTime time = town.Learn()->Between(1, 2, HourClass::kDay);
  EXPECT_EQ(time.samples, 61u);
  EXPECT_NEAR(time.median_s, 70, 3);
}

TEST(TravelLearning, StopsOnTheWayAreNoDrives) {
  SmallTown town = Row(2);
  DriveAlong(town, 2);
  for (int i = 0; i < kVehicles; ++i) {
    town.Drive("S" + std::to_string(i), {{1, 20.0 * i}, {2, 20.0 * i + 420 + i}});
  }
  ExpectPlainLink(*town.Learn());
}

TEST(TravelLearning, ClonesThatContradictThemselvesTeachNothing) {
  SmallTown town = Row(2);
  DriveAlong(town, 2);
  for (int i = 0; i < 40; ++i) {
    // Possible at first, and then at two places at once.
    town.Drive("C" + std::to_string(i),
               {{1, 50.0 * i}, {2, 50.0 * i + 20}, {1, 50.0 * i + 22}, {2, 50.0 * i + 24}});
  }
  const auto learned = town.Learn();
  ExpectPlainLink(*learned);
  EXPECT_EQ(learned->basis().plates_left_out, 40u);
}

TEST(TravelLearning, OneFalseTimeThatNothingContradictsIsReckonedWith) {
  SmallTown town = Row(2);
  DriveAlong(town, 2);
  town.Drive("MISREAD", {{1, 0}, {2, 19}});
  ExpectPlainLink(*town.Learn());
}

TEST(TravelLearning, TheFastestCredibleNeedsManyToBeSharp) {
  TravelHistogram times;
  EXPECT_FALSE(FastestCredible(times));
  times.Add(TravelBucket(60), 1);
  EXPECT_FALSE(FastestCredible(times)) << "seen once";
  double last = 0;
  for (const uint64_t more : {1u, 48u, 150u, 800u, 9'000u, 90'000u}) {
    times.Add(TravelBucket(60), more);
    const double fastest = FastestCredible(times).value();
    EXPECT_GE(fastest, last);
    EXPECT_GE(fastest, 0.5 * 56);
    EXPECT_LE(fastest, 0.75 * 60);
    last = fastest;
  }
  // Three in a thousand do not move it, six do.
  const double honest = last;
  times.Add(TravelBucket(20), 270);
  EXPECT_NEAR(FastestCredible(times).value(), honest, 0.1);
  times.Add(TravelBucket(20), 300);
  EXPECT_LT(FastestCredible(times).value(), 0.75 * 20);
}

TEST(TravelLearning, ACameraWhoseClockIsMinutesOffIsLeftOutAndBridged) {
  SmallTown town = Row(5);
  town.SetClock(3, -170);
  DriveAlong(town, 5);
  const auto learned = town.Learn();
  EXPECT_TRUE(learned->Camera(3).at_fault);
  for (const uint32_t camera : {1, 2, 4, 5}) EXPECT_FALSE(learned->Camera(camera).at_fault);
  ExpectPlainLink(*learned);
  ExpectPlainLink(*learned, 5, 4);
  EXPECT_NEAR(learned->Between(2, 4, HourClass::kDay).median_s, 140, 6);
  EXPECT_EQ(learned->basis().plates_left_out, 0u);
}

TEST(TravelLearning, ACameraThatIsRegisteredElsewhereIsLeftOut) {
  SmallTown town = Row(5);
  town.Put(3, {kLink * 3, 0.1});
  DriveAlong(town, 5);
  const auto learned = town.Learn();
  EXPECT_TRUE(learned->Camera(3).at_fault);
  EXPECT_EQ(learned->basis().cameras_left_out, 1u);
  ExpectPlainLink(*learned);
}

TEST(TravelLearning, ACameraThatMovesIsLeftOut) {
  SmallTown town = Row(3);
  DriveAlong(town, 3);
  town.See("M", 2, 9'000, {kLink * 2, 0.02});
  const auto learned = town.Learn();
  EXPECT_TRUE(learned->Camera(2).at_fault);
  EXPECT_FALSE(learned->Camera(1).at_fault);
}

// Vehicles that cross the camera in the middle of four others, both ways between any two of them.
SmallTown Crossing(double clock_s) {
  SmallTown town;
  const Position around[] = {{kLink, 0}, {0, kLink}, {-kLink, 0}, {0, -kLink}};
  town.Put(10, {0, 0});
  for (uint32_t i = 0; i < 4; ++i) town.Put(i + 1, around[i]);
  town.SetClock(10, clock_s);
  int vehicle = 0;
  for (uint32_t from = 1; from <= 4; ++from) {
    for (uint32_t to = 1; to <= 4; ++to) {
      for (int i = 0; i < 20 && from != to; ++i, ++vehicle) {
        const double link_s = 60 + i;
        const double at_s = 30.0 * vehicle;
        town.Drive("X" + std::to_string(vehicle),
                   {{from, at_s}, {10, at_s + link_s}, {to, at_s + 2 * link_s}});
      }
    }
  }
  return town;
}

TEST(TravelLearning, AClockThatIsSecondsOffShowsInTheWayThereAndBack) {
  for (const double offset_s : {20.0, -25.0}) {
    SCOPED_TRACE(offset_s);
    const auto learned = Crossing(offset_s).Learn();
    EXPECT_NEAR(learned->Camera(10).clock_offset_s, offset_s, 2);
    EXPECT_TRUE(learned->Camera(10).at_fault);
    EXPECT_FALSE(learned->Camera(1).at_fault);
    EXPECT_EQ(learned->Camera(1).clock_offset_s, 0);
    // Ways through it are as long as they are; so are those to it, by a right clock.
    const TravelTime through = learned->Between(1, 3, HourClass::kDay);
    EXPECT_EQ(through.via, (std::vector<uint32_t>{10}));
    EXPECT_NEAR(through.median_s, 140, 8);
    EXPECT_NEAR(learned->Between(1, 10, HourClass::kDay).median_s, 70, 5);
    EXPECT_NEAR(learned->Between(10, 1, HourClass::kDay).median_s, 70, 5);
  }
  EXPECT_EQ(Crossing(0).Learn()->Camera(10).clock_offset_s, 0);
}

TEST(TravelLearning, DaysAddUpAndACameraStandsWhereTheNewestSawIt) {
  SmallTown before = Row(3);
  DriveAlong(before, 3);
  SmallTown after = Row(3);
  after.Put(3, {kLink * 2, kLink});
  DriveAlong(after, 3);
  TravelDay old_day = before.LearnDay();
  old_day.day = Day{17'064};
  TravelGraphBuilder builder{TravelBound()};
  builder.Add(after.LearnDay());
  builder.Add(old_day);
  const TravelGraph graph = std::move(builder).Build();
  EXPECT_EQ(graph.basis.days, (std::vector<Day>{Day{17'064}, Day{17'065}}));
  const LearnedLink* stayed = graph.FindLink(graph.NodeOf(1), graph.NodeOf(2));
  ASSERT_NE(stayed, nullptr);
  EXPECT_EQ(stayed->all.samples, uint64_t{2 * kVehicles});
  const LearnedLink* moved = graph.FindLink(graph.NodeOf(2), graph.NodeOf(3));
  ASSERT_NE(moved, nullptr);
  EXPECT_EQ(moved->all.samples, uint64_t{kVehicles});
  EXPECT_EQ(graph.nodes[graph.NodeOf(3)].place, (Position{kLink * 2, kLink}));
}

}  // namespace
}  // namespace sightline::query
