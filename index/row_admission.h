// What is asked of a row only once its other conditions hold: there, nearly every row passes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/sighting.h"
#include "index/feed.h"
#include "index/segment.h"

namespace sightline::index {

// Whether the version is in force, and its plate none of those that are left out. Immutable,
// thread-safe. The segment and the feed outlive it.
class RowAdmission {
 public:
  // `without_plates` in ascending byte order.
  RowAdmission(const Segment& segment, const DayFeed& feed, Sequence as_of,
               std::span<const std::string> without_plates);

  // Whether Admits() is true of every row.
  bool all() const { return !versions_asked_ && left_out_.empty(); }

  bool Admits(uint32_t row) const {
    if (!left_out_.empty() && left_out_[segment_.plate_codes()[row]]) return false;
    if (!versions_asked_) return true;
    const Sequence version = segment_.SequenceOf(row);
    return version <= as_of_ &&
           (!corrected_ || feed_.IsInForce(segment_.KeyOf(row), version, as_of_));
  }

 private:
  const Segment& segment_;
  const DayFeed& feed_;
  const Sequence as_of_;
  const bool corrected_;
  const bool versions_asked_;
  std::vector<bool> left_out_;  // by code of the plate; empty where none is
};

}  // namespace sightline::index
