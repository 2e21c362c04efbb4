#include "core/geo.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

namespace sightline {
namespace {

constexpr double kHalfTurn = std::numbers::pi * kEarthRadiusMeters;

TEST(GreatCircleDistance, KnownDistances) {
  struct Case {
    Position a;
    Position b;
    double meters;
  };
  const Case cases[] = {
      {{0, 0}, {0, 0}, 0},
      {{0, 0}, {180, 0}, kHalfTurn},
      {{10, 90}, {-170, 90}, 0},                // the pole, by two names
      {{0, -90}, {0, 90}, kHalfTurn},
      {{179.5, 0}, {-179.5, 0}, kHalfTurn / 180},  // over the antimeridian
      {{-180, 12}, {180, 12}, 0},
      {{0, 0}, {1, 0}, kHalfTurn / 180},
      {{116.33, 39.99}, {116.33, 40.99}, kHalfTurn / 180},
      // Beijing to Shanghai, by the spherical law of cosines.
      {{116.4074, 39.9042}, {121.4737, 31.2304}, 1'067'311.65},
  };
  for (const Case& example : cases) {
    EXPECT_NEAR(GreatCircleDistance(example.a, example.b).value, example.meters, 1.0);
    EXPECT_DOUBLE_EQ(GreatCircleDistance(example.a, example.b).value,
                     GreatCircleDistance(example.b, example.a).value);
  }
}

TEST(GreatCircleDistance, AgreesWithTheChordBetweenPoints) {
  const uint64_t seed = 5;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> lon(-180, 180);
  std::uniform_real_distribution<double> lat(-90, 90);
  const auto on_sphere = [](const Position& p) {
    const double to_radians = std::numbers::pi / 180;
    return std::array{std::cos(p.lat * to_radians) * std::cos(p.lon * to_radians),
                      std::cos(p.lat * to_radians) * std::sin(p.lon * to_radians),
                      std::sin(p.lat * to_radians)};
  };
  for (int round = 0; round < 10'000; ++round) {
    const Position a{lon(random), lat(random)};
    const Position b{lon(random), lat(random)};
    const auto u = on_sphere(a);
    const auto v = on_sphere(b);
    const double chord = std::hypot(u[0] - v[0], u[1] - v[1], u[2] - v[2]);
    ASSERT_NEAR(GreatCircleDistance(a, b).value,
                2 * kEarthRadiusMeters * std::asin(std::min(1.0, chord / 2)), 1.0);
  }
}

TEST(Position, IsValidOnTheGlobeOnly) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Position& good : {Position{0, 0}, Position{-180, -90}, Position{180, 90}}) {
    EXPECT_TRUE(IsValid(good));
  }
  for (const Position& bad : {Position{180.0001, 0}, Position{0, 90.0001}, Position{-180.0001, 0},
                              Position{0, -90.0001}, Position{nan, 0}, Position{0, nan},
                              Position{infinity, 0}, Position{0, -infinity}}) {
    EXPECT_FALSE(IsValid(bad)) << bad.lon << " " << bad.lat;
  }
}

}  // namespace
}  // namespace sightline
