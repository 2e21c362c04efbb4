// Resting places: by plain sums over a made-up week, and against the homes of a simulated city.
#include "query/resting_places.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "query/credible_readings.h"
#include "simulation/simulation.h"
#include "tests/unit/query/travelled_city.h"

namespace sightline::query {
namespace {

using testing::Shanghai;
using testing::TravelledCity;
using testing::TravelOptions;
using testing::TravelReading;

constexpr int64_t kHour = 60 * kMillisecondsPerMinute;
constexpr TimestampMs kMondayInShanghai{1'709'481'600'000};  // 2024-03-04 00:00
constexpr double kStep = 0.01;                                // about a kilometre
constexpr int kSide = 9;

Position At(double column, double row) { return {116.3 + column * kStep, 39.9 + row * kStep}; }

CameraMap Grid() {
  std::vector<Position> cameras;
  for (int row = 0; row < kSide; ++row) {
    for (int column = 0; column < kSide; ++column) cameras.push_back(At(column, row));
  }
  return CameraMap(cameras);
}

// A week of somebody who lives west of the grid's third row and works east of it; readings each two
// minutes, a trip each way on working days.
struct Week {
  std::vector<PlateReading> readings;
  std::vector<TripRange> trips;
  double home_hours = 0;  // between the last reading of an evening and the first of a morning
  double work_hours = 0;
};

Week MakeWeek(uint64_t seed) {
  std::mt19937_64 random(seed);
  Week week;
  const auto drive = [&](TimestampMs start, bool to_work) {
    const size_t begin = week.readings.size();
    for (int i = 0; i < kSide; ++i) {
      const int column = to_work ? i : kSide - 1 - i;
      week.readings.push_back({.time = start + i * 2 * kMillisecondsPerMinute,
                               .camera_number = static_cast<uint32_t>(3 * kSide + column),
                               .identity_hash = week.readings.size(),
                               .place = At(column, 3)});
    }
    week.trips.push_back({begin, week.readings.size()});
  };
  for (int day = 0; day < 5; ++day) {
    const TimestampMs midnight = kMondayInShanghai + day * kMillisecondsPerDay;
    const auto late = [&] { return static_cast<int64_t>(random() % 30) * kMillisecondsPerMinute; };
    drive(midnight + 8 * kHour + late(), true);
    drive(midnight + 18 * kHour + late(), false);
  }
  for (size_t trip = 1; trip < week.trips.size(); ++trip) {
    const TimestampMs left = week.readings[week.trips[trip - 1].end - 1].time;
    const TimestampMs back = week.readings[week.trips[trip].begin].time;
    (trip % 2 == 1 ? week.work_hours : week.home_hours) +=
        static_cast<double>(back - left) / kHour;
  }
  return week;
}

TEST(RestingPlaces, OfACommuterAreHomeAndWork) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Week week = MakeWeek(seed);
    const RestingPlaces found = FindRestingPlaces(week.readings, week.trips, Grid(), Shanghai());
    ASSERT_EQ(found.stays.size(), week.trips.size() + 1);
    ASSERT_EQ(found.places.size(), 2);
    const RestingPlace& home = found.places[0];
    const RestingPlace& work = found.places[1];
    EXPECT_EQ(home.kind, PlaceKind::kHome);
    EXPECT_EQ(work.kind, PlaceKind::kDay);
    // Stays whose length is not known, before the first trip and behind the last, count an hour.
    EXPECT_NEAR(home.hours, week.home_hours + 2, 1.01);
    EXPECT_NEAR(work.hours, week.work_hours, 0.01);
    EXPECT_EQ(home.nights, 4);
    EXPECT_EQ(work.nights + home.nights, found.rests.size());
    EXPECT_EQ(home.cameras, std::vector<uint32_t>{3 * kSide});
    EXPECT_EQ(work.cameras, std::vector<uint32_t>{3 * kSide + kSide - 1});
    // Behind the outermost cameras, within what is said of how sure it is.
    EXPECT_LE(GreatCircleDistance(home.location, At(-0.5, 3)), home.radius);
    EXPECT_LE(GreatCircleDistance(work.location, At(kSide - 0.5, 3)), work.radius);
    const int64_t evening = 18 * kHour + (kSide - 1) * 2 * kMillisecondsPerMinute;
    ASSERT_TRUE(home.arrives_ms && home.leaves_ms);
    EXPECT_GE(*home.arrives_ms, evening);
    EXPECT_LT(*home.arrives_ms, evening + kHour / 2);
    EXPECT_GE(*home.leaves_ms, 8 * kHour);
    EXPECT_LT(*home.leaves_ms, 8 * kHour + kHour / 2);
  }
}

TEST(RestingPlaces, WithoutALongRestNobodyHasAHome) {
  std::vector<PlateReading> readings;
  std::vector<TripRange> trips;
  for (int i = 0; i < 6; ++i) {
    readings.push_back({.time = kMondayInShanghai + 9 * kHour + i * kHour,
                        .camera_number = static_cast<uint32_t>(i),
                        .identity_hash = static_cast<uint64_t>(i),
                        .place = At(i, 0)});
    trips.push_back({readings.size() - 1, readings.size()});
  }
  const RestingPlaces found = FindRestingPlaces(readings, trips, Grid(), Shanghai());
  EXPECT_TRUE(found.rests.empty());
  for (const RestingPlace& place : found.places) EXPECT_NE(place.kind, PlaceKind::kHome);
  EXPECT_TRUE(FindRestingPlaces({}, {}, Grid(), Shanghai()).places.empty());
}

// docs/habits.md has the figures of larger cities.
TEST(RestingPlaces, HomesOfACityLieWithinTheirRadius) {
  const simulation::SimulationOptions options = TravelOptions(500, 90, 6, 11);
  const TravelledCity city(options);
  simulation::City roads = simulation::City::Build(options).value();
  const simulation::Simulation simulated(options, roads);
  std::vector<Position> fixed;
  for (const auto& camera : roads.cameras.cameras()) {
    if (!camera.mobile) fixed.push_back(camera.registered.location.value());
  }
  const CameraMap cameras(fixed);
  const auto learned = city.LearnUpTo(city.last_day());
  const auto& vehicles = simulated.population().vehicles;
  std::map<std::string, int> bearers;
  for (const auto& vehicle : vehicles) ++bearers[vehicle.plate];
  constexpr int kAsked = 120;
  int asked = 0;
  int within = 0;
  int near = 0;
  for (const auto& vehicle : vehicles) {
    if (asked == kAsked) break;
    const auto read = city.plates().find(vehicle.plate);
    if (bearers[vehicle.plate] > 1 || read == city.plates().end()) continue;
    std::set<int64_t> days;
    std::vector<PlateReading> readings;
    for (const TravelReading& one : read->second) {
      readings.push_back(one.reading);
      days.insert(Shanghai().LocalMomentOf(one.reading.time).day);
    }
    if (days.size() < 5) continue;
    std::vector<PlateReading> kept;
    for (const size_t i : CredibleReadings(readings, *learned, cameras)) {
      kept.push_back(readings[i]);
    }
    const auto found =
        FindRestingPlaces(kept, CutIntoTrips(kept, *learned), cameras, Shanghai());
    ++asked;
    if (found.places.empty() || found.places[0].kind != PlaceKind::kHome) continue;
    const Meters away =
        GreatCircleDistance(found.places[0].location, roads.roads->position(vehicle.home));
    within += away <= found.places[0].radius;
    near += away <= Meters{700};
  }
  ASSERT_EQ(asked, kAsked);
  EXPECT_GT(within, 0.8 * asked) << near << " within 700 m";
  EXPECT_LT(within, asked);
  EXPECT_GT(near, 0.65 * asked);
}

}  // namespace
}  // namespace sightline::query
