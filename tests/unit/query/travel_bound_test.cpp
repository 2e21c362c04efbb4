#include "query/travel_bound.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace sightline::query {
namespace {

constexpr TimestampMs kNoon{1'474'459'200'000};
constexpr TravelBound kNoSlack{.max_speed = {180}, .slack_s = 0, .slack = {0}};

// A degree along the equator is 111.195 km on the API's sphere.
constexpr double kDegreeMeters = 111'195.08;

Sighting At(std::optional<Position> place, int64_t ms) {
  Sighting sighting;
  sighting.time = kNoon + ms;
  sighting.location = place;
  return sighting;
}

TEST(TravelBound, JudgesDistanceOverTime) {
  struct Case {
    std::string what;
    TravelBound bound;
    std::optional<Position> place;  // the other one is at 0, 0
    int64_t gap_ms = 0;
    bool possible = false;
    double distance = 0;
    std::optional<double> required;
  };
  const Position degree{1, 0};
  const Case kCases[] = {
      // 111.195 km at 180 km/h take 2,223.9 s.
      {"a little too early", kNoSlack, degree, 2'223'000, false, kDegreeMeters, 180.074},
      {"just in time", kNoSlack, degree, 2'225'000, true, kDegreeMeters, 179.912},
      {"the same backwards", kNoSlack, degree, -2'225'000, true, kDegreeMeters, 179.912},
      {"backwards, too early", kNoSlack, degree, -2'223'000, false, kDegreeMeters, 180.074},
      {"seconds of slack",
       {.max_speed = {180}, .slack_s = 1, .slack = {0}}, degree, 2'223'000, true, kDegreeMeters,
       180.074},
      {"metres of slack",
       {.max_speed = {180}, .slack_s = 0, .slack = {50}}, degree, 2'223'000, true, kDegreeMeters,
       180.074},
      {"too few metres of slack",
       {.max_speed = {180}, .slack_s = 0, .slack = {40}}, degree, 2'223'000, false, kDegreeMeters,
       180.074},
      {"a faster vehicle",
       {.max_speed = {181}, .slack_s = 0, .slack = {0}}, degree, 2'223'000, true, kDegreeMeters,
       180.074},
      {"one place, one time", kNoSlack, Position{0, 0}, 0, true, 0, std::nullopt},
      {"two places, one time", kNoSlack, Position{0.0001, 0}, 0, false, 11.12, std::nullopt},
      {"two places, one time, within the default slack", {}, Position{0.006, 0}, 0, true, 667.17,
       std::nullopt},  // 200 m and 10 s at 50 m/s: 700 m
      {"two places, one time, past the default slack", {}, Position{0.0064, 0}, 0, false, 711.65,
       std::nullopt},
      {"a place is not known", kNoSlack, std::nullopt, 1, true, 0, std::nullopt},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.what);
    const TravelVerdict verdict =
        JudgeTravel(c.bound, At(Position{0, 0}, 0), At(c.place, c.gap_ms));
    EXPECT_EQ(verdict.possible, c.possible);
    EXPECT_NEAR(verdict.distance.value, c.distance, 0.01);
    EXPECT_DOUBLE_EQ(verdict.gap_s, static_cast<double>(std::abs(c.gap_ms)) / 1'000);
    ASSERT_EQ(verdict.required.has_value(), c.required.has_value());
    if (c.required) {
      EXPECT_NEAR(verdict.required->value, *c.required, 0.01);
    }
  }
}

TEST(TravelBound, TheAntimeridianIsNoDetour) {
  const TravelVerdict verdict = JudgeTravel(kNoSlack, At(Position{179.5, 0}, 0),
                                            At(Position{-179.5, 0}, 2'225'000));
  EXPECT_TRUE(verdict.possible);
  EXPECT_NEAR(verdict.distance.value, kDegreeMeters, 0.01);
}

TEST(TravelBound, DaysApartEverywhereIsInReach) {
  const TravelVerdict verdict =
      JudgeTravel(kNoSlack, At(Position{0, 0}, 0), At(Position{180, 0}, 5 * kMillisecondsPerDay));
  EXPECT_TRUE(verdict.possible);
  EXPECT_NEAR(verdict.distance.value, 20'015'115, 1);
}

}  // namespace
}  // namespace sightline::query
