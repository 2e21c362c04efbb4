#include "query/filter_matcher.h"

#include <algorithm>
#include <boost/geometry/algorithms/correct.hpp>
#include <boost/geometry/algorithms/covered_by.hpp>
#include <boost/geometry/algorithms/envelope.hpp>
#include <boost/geometry/core/cs.hpp>
#include <boost/geometry/geometries/box.hpp>
#include <boost/geometry/geometries/point.hpp>
#include <boost/geometry/geometries/polygon.hpp>
#include <cmath>
#include <numbers>

#include "core/plate.h"
#include "core/plate_distance.h"
#include "query/sighting_search.h"

namespace sightline::query {
namespace {

namespace bg = boost::geometry;
using PlanePoint = bg::model::point<double, 2, bg::cs::cartesian>;
using PlanePolygon = bg::model::polygon<PlanePoint>;
using PlaneBox = bg::model::box<PlanePoint>;

// Along a meridian.
constexpr double kMetersPerDegree = kEarthRadiusMeters * std::numbers::pi / 180;

struct BoundedPolygon {
  PlaneBox box;  // refuses most places without a walk around the rings
  PlanePolygon polygon;
};

BoundedPolygon Prepare(const Area::Polygon& rings) {
  BoundedPolygon prepared;
  const auto copy = [](const Area::Ring& from, PlanePolygon::ring_type& to) {
    to.reserve(from.size());
    for (const Position& position : from) to.emplace_back(position.lon, position.lat);
  };
  if (!rings.empty()) copy(rings.front(), prepared.polygon.outer());
  for (size_t i = 1; i < rings.size(); ++i) {
    copy(rings[i], prepared.polygon.inners().emplace_back());
  }
  bg::correct(prepared.polygon);
  bg::envelope(prepared.polygon, prepared.box);
  return prepared;
}

bool EqualByValue(int64_t integer, double fraction) {
  // 2^63 is the first double past int64_t; within the range the cast of a whole number is exact.
  return fraction >= -0x1p63 && fraction < 0x1p63 && std::trunc(fraction) == fraction &&
         static_cast<int64_t>(fraction) == integer;
}

bool EqualByValue(const AttributeValue& a, const AttributeValue& b) {
  if (const auto* integer = std::get_if<int64_t>(&a)) {
    if (const auto* fraction = std::get_if<double>(&b)) return EqualByValue(*integer, *fraction);
  }
  if (const auto* fraction = std::get_if<double>(&a)) {
    if (const auto* integer = std::get_if<int64_t>(&b)) return EqualByValue(*integer, *fraction);
  }
  return a == b;
}

bool IsNear(const std::string& plate, const PlateLike& like) {
  return !plate.empty() &&
         WithinPlateDistance(like.text, plate, like.max_distance).has_value();
}

bool Holds(const AttributeCondition& condition, const std::vector<Attribute>& attributes) {
  const auto found = std::lower_bound(
      attributes.begin(), attributes.end(), condition.name,
      [](const Attribute& attribute, const std::string& name) { return attribute.name < name; });
  if (found == attributes.end() || found->name != condition.name) return false;
  return std::any_of(condition.any_of.begin(), condition.any_of.end(),
                     [&](const AttributeValue& value) { return EqualByValue(found->value, value); });
}

}  // namespace

class FilterMatcher::Impl {
 public:
  explicit Impl(const Filter& filter) : filter_(filter) {
    if (filter_.cameras) std::sort(filter_.cameras->begin(), filter_.cameras->end());
    if (filter_.near) {
      band_ = filter_.near->radius.value / kMetersPerDegree * (1 + 1e-9) + 1e-9;
    }
    if (filter_.area) {
      for (const Area::Polygon& rings : filter_.area->polygons) {
        if (!rings.empty() && !rings.front().empty()) polygons_.push_back(Prepare(rings));
      }
    }
  }

  bool LooksAtRecords() const {
    return !filter_.plate_pattern.empty() || filter_.plate_like || filter_.area || filter_.near ||
           !filter_.attributes.empty();
  }

  bool Matches(const Sighting& sighting) const {
    if (!filter_.time.Contains(sighting.time)) return false;
    if (!filter_.plate_pattern.empty() &&
        (sighting.plate.empty() || !MatchesPlatePattern(sighting.plate, filter_.plate_pattern))) {
      return false;
    }
    if (filter_.plate_like && !IsNear(sighting.plate, *filter_.plate_like)) return false;
    if (filter_.cameras && !std::binary_search(filter_.cameras->begin(), filter_.cameras->end(),
                                               sighting.camera_id)) {
      return false;
    }
    for (const AttributeCondition& condition : filter_.attributes) {
      if (!Holds(condition, sighting.attributes)) return false;
    }
    if (!filter_.near && !filter_.area) return true;
    return sighting.location && MatchesPlace(*sighting.location);
  }

  bool MatchesPlace(const Position& place) const {
    if (filter_.near) {
      // Most places are refused by their latitude alone.
      if (std::abs(place.lat - filter_.near->center.lat) > band_) return false;
      if (!(GreatCircleDistance(place, filter_.near->center) <= filter_.near->radius)) return false;
    }
    if (!filter_.area) return true;
    const PlanePoint point(place.lon, place.lat);
    return std::any_of(polygons_.begin(), polygons_.end(), [&](const BoundedPolygon& bounded) {
      return bg::covered_by(point, bounded.box) && bg::covered_by(point, bounded.polygon);
    });
  }

 private:
  Filter filter_;    // its cameras sorted
  double band_ = 0;  // degrees of latitude that `near` can reach from its centre, and a little more
  std::vector<BoundedPolygon> polygons_;
};

FilterMatcher::FilterMatcher(const Filter& filter) : impl_(std::make_unique<Impl>(filter)) {}

FilterMatcher::~FilterMatcher() = default;

bool FilterMatcher::Matches(const Sighting& sighting) const { return impl_->Matches(sighting); }

bool FilterMatcher::LooksAtRecords() const { return impl_->LooksAtRecords(); }

bool FilterMatcher::MatchesPlace(const Position& place) const { return impl_->MatchesPlace(place); }

bool Matches(const Filter& filter, const Sighting& sighting) {
  return FilterMatcher(filter).Matches(sighting);
}

}  // namespace sightline::query
