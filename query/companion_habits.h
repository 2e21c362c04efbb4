// How likely a vehicle meets the target on one of its trips by habit alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/time.h"
#include "query/companion_evidence.h"
#include "query/plate_readings.h"

namespace sightline::query {

// The target's passes, as habits are held against them. Immutable; refers to the target.
class TargetSchedule {
 public:
  explicit TargetSchedule(const CompanionTarget& target);

  // For each trip of the target P(a stranger that drives as `candidate` does is beside it on it).
  // Of the candidate's own trips those count that share a camera with the trip at nearly the same
  // time of day, on whichever day, but not at the very time: the more often it drives there then,
  // the likelier they meet; ten minutes and an hour are tried as how exact its habit is, and the
  // day as a whole. `base`: the least of the answers, what any vehicle has. `days`: of the window.
  std::vector<double> Chances(std::span<const PlateReading> candidate,
                              std::span<const TripRange> candidate_trips, int32_t presence_ms,
                              double days, double base) const;

 private:
  struct Pass {
    uint32_t camera_number;
    uint32_t trip;
    TimestampMs time;
  };
  std::vector<Pass> passes_;  // by camera
  size_t trips_;
};

}  // namespace sightline::query
