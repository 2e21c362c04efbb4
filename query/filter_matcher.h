// A filter made ready to be asked about many sightings.
#pragma once

#include <memory>

#include "core/filter.h"
#include "core/sighting.h"

namespace sightline::query {

// Thread-safe once made.
//
// - plate: the whole pattern must match; an unread plate passes no pattern.
// - plate_like: at most max_distance characters away; an unread plate is near to none.
// - area: inside or on the boundary of at least one polygon, edges straight in lon/lat; a hole's
//   boundary belongs to the area. A shape over the antimeridian must come cut in two (RFC 7946).
// - near: at most `radius` along the great circle.
// - attributes: every condition must hold, each by one of its values. Integers and fractions
//   compare by exact value, other types only with their own; a missing attribute holds nothing.
// A sighting without a place passes neither area nor near.
class FilterMatcher {
 public:
  explicit FilterMatcher(const Filter& filter);
  ~FilterMatcher();

  bool Matches(const Sighting& sighting) const;

  // Whether the filter has more than time and cameras, which a row's key tells.
  bool LooksAtRecords() const;

  // What `area` and `near` alone say of a place; true where the filter has neither.
  bool MatchesPlace(const Position& place) const;

 private:
  class Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace sightline::query
