// What a model says of ways, of pairs of readings and of stops.
#include "query/travel_times.h"

#include <gtest/gtest.h>

#include "query/trips.h"
#include "tests/unit/query/small_town.h"

namespace sightline::query {
namespace {

using testing::kTownNoon;
using testing::SmallTown;

constexpr double kLink = 0.01;  // degrees: 1,112 m, which the bound allows in 18.2 s
constexpr double kLinkMeters = kLink * testing::kTownDegreeMeters;

//   1 -- 2 -- 3 -- 4      a slow street: 100 s a link
//   |              |
//   5 ------------ 6      a fast road below it, 30 s from 1 to 5 and from 6 to 4, 80 s from 5 to 6
SmallTown TwoRoads() {
  SmallTown town;
  for (uint32_t camera = 1; camera <= 4; ++camera) town.Put(camera, {kLink * (camera - 1), 0});
  town.Put(5, {0, -kLink});
  town.Put(6, {kLink * 3, -kLink});
  town.Put(7, {0, kLink * 5});  // where few come
  for (int i = 0; i < 400; ++i) {
    const double at_s = 20.0 * i;
    const std::string number = std::to_string(i);
    // Nobody drives the whole of a road.
    town.Drive("A" + number, {{1, at_s}, {2, at_s + 100}, {3, at_s + 200}});
    town.Drive("B" + number, {{2, at_s}, {3, at_s + 100}, {4, at_s + 200}});
    town.Drive("C" + number, {{1, at_s}, {5, at_s + 30}});
    town.Drive("D" + number, {{5, at_s}, {6, at_s + 80}});
    town.Drive("E" + number, {{6, at_s}, {4, at_s + 30}});
  }
  for (int i = 0; i < 3; ++i) town.Drive("F" + std::to_string(i), {{4, 0}, {7, 900}});
  return town;
}

class LearnedTown : public ::testing::Test {
 protected:
  TravelVerdict Judge(uint32_t from, uint32_t to, double gap_s) const {
    return learned_->Judge(town_.Reading(from, 0), town_.Reading(to, gap_s));
  }

  const SmallTown town_ = TwoRoads();
  const std::shared_ptr<const TravelTimes> learned_ = town_.Learn();
};

TEST_F(LearnedTown, WaysAreJoinedAlongTheShortest) {
  const TravelTime way = learned_->Between(1, 4, HourClass::kDay);
  EXPECT_FALSE(way.direct);
  EXPECT_EQ(way.via, (std::vector<uint32_t>{5, 6}));
  EXPECT_NEAR(way.median_s, 140, 5);
  EXPECT_EQ(way.samples, 400u);
  EXPECT_GE(way.slow_s, way.median_s);
  const TravelTime street = learned_->Between(1, 3, HourClass::kDay);
  EXPECT_EQ(street.via, (std::vector<uint32_t>{2}));
  EXPECT_NEAR(street.median_s, 200, 7);
}

TEST_F(LearnedTown, ALinkWithoutSamplesAtAnHourHasThoseOfAllHours) {
  const TravelTime night = learned_->Between(1, 2, HourClass::kNight);
  EXPECT_TRUE(night.direct);
  EXPECT_NEAR(night.median_s, 100, 4);
}

TEST_F(LearnedTown, NothingLeadsAgainstTheOneWayStreets) {
  const TravelTime back = learned_->Between(4, 1, HourClass::kDay);
  EXPECT_EQ(back.samples, 0u);
  EXPECT_TRUE(back.via.empty());
  // The street without cameras that it takes is as fast as half of the city.
  EXPECT_TRUE(Judge(4, 1, 3 * kLinkMeters / (40 / 3.6)).possible);
  EXPECT_FALSE(Judge(4, 1, 40).possible);
  EXPECT_EQ(learned_->Between(3, 3, HourClass::kDay).fastest_s, 0);
  EXPECT_EQ(learned_->Between(3, 99, HourClass::kDay).samples, 0u);
}

TEST_F(LearnedTown, WhatTheBoundAllowsMayBeTooFastForTheStreet) {
  const double fastest_s =
      learned_->FastestSeconds(town_.Reading(1, 0), town_.Reading(2, 0));
  EXPECT_GT(fastest_s, 0.6 * 94);
  EXPECT_LT(fastest_s, 0.75 * 100);
  EXPECT_TRUE(Judge(1, 2, fastest_s - learned_->bound().slack_s + 0.01).possible);
  const TravelVerdict verdict = Judge(1, 2, fastest_s - learned_->bound().slack_s - 0.01);
  EXPECT_FALSE(verdict.possible);
  EXPECT_NEAR(verdict.distance.value, kLinkMeters, 0.1);
  EXPECT_NEAR(verdict.required.value().value, kLinkMeters / verdict.gap_s * 3.6, 0.1);
  EXPECT_FALSE(Judge(1, 2, 5).possible);
  EXPECT_TRUE(Judge(1, 1, 0).possible);
}

TEST_F(LearnedTown, AFasterWayRoundCounts) {
  // By the street alone 1 to 4 would take 200 s at the least.
  EXPECT_TRUE(Judge(1, 4, 100).possible);
  EXPECT_FALSE(Judge(1, 4, 55).possible);
}

TEST_F(LearnedTown, ReadingsAtPlacesOfTheirOwnAreJudgedByTheBound) {
  PlateReading from = town_.Reading(1, 0);
  PlateReading to = town_.Reading(2, 30);
  EXPECT_FALSE(learned_->Judge(from, to).possible);
  to.place->lat += 0.001;  // 111 m aside
  EXPECT_TRUE(learned_->Judge(from, to).possible);
  to.place.reset();
  EXPECT_TRUE(learned_->Judge(from, to).possible);
  EXPECT_EQ(learned_->FastestSeconds(from, to), 0);
  to = town_.Reading(2, 30);
  to.camera_number = 4'000'000'000;  // not known
  EXPECT_TRUE(learned_->Judge(from, to).possible);
  to.time = from.time;
  EXPECT_FALSE(learned_->Judge(from, to).possible);
}

TEST_F(LearnedTown, AStopIsLongerThanTheWayAndAMargin) {
  const double direct_s = learned_->StopGapSeconds(town_.Reading(1, 0), town_.Reading(2, 0));
  EXPECT_NEAR(direct_s, 100 + kKnownTripMarginSeconds, 7);
  PlateReading placeless = town_.Reading(2, 0);
  placeless.place.reset();
  EXPECT_EQ(learned_->StopGapSeconds(town_.Reading(1, 0), placeless), direct_s)
      << "it counts as at its camera's";
  placeless.camera_number = 99;
  EXPECT_EQ(learned_->StopGapSeconds(town_.Reading(1, 0), placeless), kTripMarginSeconds);
  EXPECT_GE(learned_->StopGapSeconds(town_.Reading(4, 0), town_.Reading(7, 0)),
            kTripMarginSeconds)
      << "three vehicles say little";
}

TEST_F(LearnedTown, TripsEndWhereItStopped) {
  const std::vector<PlateReading> readings = {
      town_.Reading(1, 0), town_.Reading(2, 100), town_.Reading(3, 205),
      town_.Reading(3, 600),                         // came back after some minutes
      town_.Reading(4, 700), town_.Reading(4, 710),  // waits before it
      town_.Reading(7, 1'700)};
  EXPECT_EQ(CutIntoTrips(readings, *learned_),
            (std::vector<TripRange>{{0, 3}, {3, 7}}));
  EXPECT_TRUE(CutIntoTrips({}, *learned_).empty());
}

TEST(UnlearnedTravelTimes, AreTheBoundAlone) {
  const TravelBound bound{.max_speed = {90}, .slack_s = 2, .slack = {0}};
  const auto unlearned = UnlearnedTravelTimes(bound);
  SmallTown town;
  town.Put(1, {0, 0});
  town.Put(2, {1, 0});  // 111 km: 4,448 s
  EXPECT_FALSE(unlearned->Judge(town.Reading(1, 0), town.Reading(2, 4'440)).possible);
  EXPECT_TRUE(unlearned->Judge(town.Reading(1, 0), town.Reading(2, 4'450)).possible);
  EXPECT_NEAR(unlearned->FastestSeconds(town.Reading(1, 0), town.Reading(2, 0)), 4'447.8, 1);
  EXPECT_NEAR(unlearned->StopGapSeconds(town.Reading(1, 0), town.Reading(2, 0)), 4'447.8 + 1'500,
              1);
  EXPECT_EQ(unlearned->Between(1, 2, HourClass::kRush).samples, 0u);
  EXPECT_TRUE(unlearned->basis().days.empty());
  EXPECT_EQ(unlearned->HourClassOf(kTownNoon), HourClass::kDay);
}

TEST(UnlearnedTravelTimes, TripsEndAfterTwentyFiveMinutes) {
  SmallTown town;
  town.Put(1, {0, 0});
  const std::vector<PlateReading> readings = {town.Reading(1, 0), town.Reading(1, 1'500),
                                              town.Reading(1, 3'000.001)};
  EXPECT_EQ(CutIntoTrips(readings, *UnlearnedTravelTimes({})),
            (std::vector<TripRange>{{0, 2}, {2, 3}}));
}

}  // namespace
}  // namespace sightline::query
