// Places as points of the unit sphere: distances without trigonometry of both ends.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/geo.h"

namespace sightline::query {

struct SpherePoint {
  double x = 0;
  double y = 0;
  double z = 0;

  static SpherePoint Of(const Position& place) {
    constexpr double kRadians = std::numbers::pi / 180;
    const double latitude = place.lat * kRadians;
    const double longitude = place.lon * kRadians;
    return {std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude),
            std::sin(latitude)};
  }
};

// As GreatCircleDistance, by the chord: within a millimetre for the distances of a city.
inline Meters GreatCircleDistance(const SpherePoint& a, const SpherePoint& b) {
  const double dx = a.x - b.x;
  const double dy = a.y - b.y;
  const double dz = a.z - b.z;
  const double half_chord = std::sqrt(dx * dx + dy * dy + dz * dz) / 2;
  return {2 * kEarthRadiusMeters * std::asin(std::min(1.0, half_chord))};
}

// Places that differ less count as one: a camera's place is given anew with each reading, and the
// bound allows for more.
inline constexpr double kSamePlaceMeters = 50;
inline bool IsSamePlace(const Position& a, const Position& b) {
  return a == b || sightline::GreatCircleDistance(a, b).value <= kSamePlaceMeters;
}

}  // namespace sightline::query
