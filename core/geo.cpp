#include "core/geo.h"

#include <boost/geometry/algorithms/distance.hpp>
#include <boost/geometry/core/cs.hpp>
#include <boost/geometry/geometries/point.hpp>
#include <boost/geometry/strategies/spherical/distance_haversine.hpp>
#include <cmath>

namespace sightline {

namespace bg = boost::geometry;
using SpherePoint = bg::model::point<double, 2, bg::cs::spherical_equatorial<bg::degree>>;

bool IsValid(const Position& position) {
  return std::isfinite(position.lon) && std::isfinite(position.lat) && position.lon >= -180 &&
         position.lon <= 180 && position.lat >= -90 && position.lat <= 90;
}

Meters GreatCircleDistance(const Position& a, const Position& b) {
  static const bg::strategy::distance::haversine<double> kSphere(kEarthRadiusMeters);
  return {bg::distance(SpherePoint(a.lon, a.lat), SpherePoint(b.lon, b.lat), kSphere)};
}

}  // namespace sightline
