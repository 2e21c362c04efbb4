#include "simulation/portable_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace sightline::simulation {
namespace {

TEST(PortableMath, LogAgreesWithTheLibrary) {
  for (const double x : {1e-300, 1e-9, 0.1, 0.5, 0.70710678, 0.99999, 1.0, 1.5, 2.0, 1e3, 1e300}) {
    EXPECT_NEAR(Log(x), std::log(x), 1e-12 * std::max(1.0, std::fabs(std::log(x)))) << x;
  }
}

TEST(PortableMath, ExpAgreesWithTheLibrary) {
  for (const double x : {-690.0, -20.0, -1.0, -1e-9, 0.0, 0.34, 0.35, 1.0, 5.5, 100.0, 690.0}) {
    EXPECT_NEAR(Exp(x) / std::exp(x), 1, 1e-12) << x;
  }
}

TEST(PortableMath, CosAgreesWithTheLibrary) {
  for (double degrees = -90; degrees <= 90; degrees += 7.5) {
    EXPECT_NEAR(CosDegrees(degrees), std::cos(degrees * std::numbers::pi / 180), 1e-12) << degrees;
  }
}

TEST(PortableMath, CityDistanceIsTheGreatCircleWithinAThousandth) {
  const struct {
    Position a;
    Position b;
  } cases[] = {
      {{116.397, 39.909}, {116.398, 39.909}}, {{116.397, 39.909}, {116.397, 39.95}},
      {{116.0, 39.5}, {116.6, 40.1}},         {{-121.5, 38.5}, {-121.3, 38.7}},
      {{25.0, 65.0}, {25.4, 65.2}},           {{10.0, -33.0}, {10.0, -33.0}},
  };
  for (const auto& [a, b] : cases) {
    const double exact = GreatCircleDistance(a, b).value;
    EXPECT_NEAR(CityDistanceMeters(a, b), exact, exact * 1e-3);
  }
}

}  // namespace
}  // namespace sightline::simulation
