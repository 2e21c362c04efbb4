// Positions on the globe and distances between them.
#pragma once

#include <compare>

namespace sightline {

// The mean Earth radius of the API's sphere (IUGG R1), in metres.
inline constexpr double kEarthRadiusMeters = 6'371'008.8;

// A length in metres.
struct Meters {
  double value = 0;
  auto operator<=>(const Meters&) const = default;
};

// A speed in kilometres an hour.
struct Kmh {
  double value = 0;
  auto operator<=>(const Kmh&) const = default;
};

// WGS 84, degrees. lon in [-180, 180], lat in [-90, 90].
struct Position {
  double lon = 0;
  double lat = 0;

  bool operator==(const Position&) const = default;
};

// Whether both coordinates are finite and in range.
bool IsValid(const Position& position);

// Great-circle distance on the sphere of kEarthRadiusMeters (haversine formula).
Meters GreatCircleDistance(const Position& a, const Position& b);

}  // namespace sightline
