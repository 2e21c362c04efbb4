// A plane that touches the globe: metres east and north of a point, exact enough within a city.
#pragma once

#include <cmath>
#include <numbers>

#include "core/geo.h"

namespace sightline::query {

// Metres.
struct PlanePoint {
  double east = 0;
  double north = 0;

  bool operator==(const PlanePoint&) const = default;
};

inline double Distance(const PlanePoint& a, const PlanePoint& b) {
  return std::hypot(a.east - b.east, a.north - b.north);
}

// Equirectangular around its origin: lengths are 0.1 % off at 10 km north or south of it. Does not
// reach over the antimeridian.
class LocalPlane {
 public:
  explicit LocalPlane(const Position& origin)
      : origin_(origin),
        east_per_degree_(kMetersPerDegree * std::cos(origin.lat * std::numbers::pi / 180)) {}

  PlanePoint ToPlane(const Position& position) const {
    return {(position.lon - origin_.lon) * east_per_degree_,
            (position.lat - origin_.lat) * kMetersPerDegree};
  }
  Position ToGlobe(const PlanePoint& point) const {
    return {origin_.lon + point.east / east_per_degree_,
            origin_.lat + point.north / kMetersPerDegree};
  }

 private:
  static constexpr double kMetersPerDegree = kEarthRadiusMeters * std::numbers::pi / 180;

  Position origin_;
  double east_per_degree_;
};

}  // namespace sightline::query
