// How long vehicles took from one camera to the next, and how fast they were, as it was seen.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/count_key.h"
#include "core/error.h"
#include "core/geo.h"
#include "core/sighting.h"
#include "core/time.h"
#include "core/time_zone.h"
#include "query/counts.h"
#include "query/sources.h"
#include "query/travel_times.h"

namespace sightline::query {

struct SpeedRequest {
  Interval time;  // of the readings at the first camera
  std::optional<std::string> from_camera;
  std::optional<std::string> to_camera;
  std::vector<TimeUnit> units;  // of the reading at the first camera; each at most once
  TimeZone zone;
  std::optional<Sequence> as_of;
  uint64_t min_count = 5;  // groups of fewer vehicles have no row
  size_t max_rows = 100'000;
};

// Of vehicles that were read at the one camera and at the other next, without a stop between.
// Speeds are along the great circle: roads are longer, so that vehicles were faster.
struct SpeedRow {
  std::string from_camera;
  std::string to_camera;
  std::vector<CountRow::Value> key;  // as units
  uint64_t count = 0;
  std::optional<Meters> distance;  // none: a place is not known
  double p15_s = 0;                // 15 % took less
  double median_s = 0;
  double p85_s = 0;

  // None where the distance is; p85 is the speed that 85 % kept below, as traffic engineers ask it.
  std::optional<Kmh> SpeedAt(double seconds) const {
    if (!distance || !(seconds > 0)) return std::nullopt;
    return Kmh{distance->value / seconds * 3.6};
  }
};

struct SpeedAnswer {
  std::vector<SpeedRow> rows;  // by cameras and key
  Sequence as_of = 0;
};

// Reads every plate of the time. A passage is left out where the vehicle stopped on the way
// (EndsTrip), where no vehicle can have made it (TravelTimes::Judge) and where the two cameras show
// the same instant. Needs sources.columns. Memory: 4 bytes a passage, and the rows.
// Errors: kUnacceptable where there would be more than max_rows; kCancelled, kUnavailable
// (deadline).
Result<SpeedAnswer> MeasureSegmentSpeeds(const Sources& sources, const TravelTimes& travel_times,
                                         const SpeedRequest& request,
                                         const Cancellation& cancellation);

}  // namespace sightline::query
