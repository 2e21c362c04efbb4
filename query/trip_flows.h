// How many trips went from where to where: an origin-destination matrix.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/count_key.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"
#include "core/time.h"
#include "core/time_zone.h"
#include "query/counts.h"
#include "query/sources.h"
#include "query/travel_times.h"

namespace sightline::query {

// Somewhere that trips begin and end: the cameras named, and every place within the area.
struct FlowZone {
  std::string name;
  std::vector<std::string> cameras;
  std::optional<Area> area;
};

struct FlowRequest {
  Interval time;                // of the departures
  std::vector<FlowZone> zones;  // a reading is in the first that has it; none: each camera is one
  std::vector<TimeUnit> units;  // of the departure; each at most once
  TimeZone zone;
  std::optional<Sequence> as_of;
  size_t min_readings = 2;  // trips of fewer are not counted
  size_t max_rows = 100'000;
};

struct FlowRow {
  std::optional<std::string> origin;  // a zone's name or a camera's id; none: in no zone
  std::optional<std::string> destination;
  std::vector<CountRow::Value> key;  // as units
  uint64_t trips = 0;
  uint64_t distinct_plates = 0;
  double median_s = 0;  // from the first reading to the last
};

struct FlowAnswer {
  std::vector<FlowRow> rows;  // by origin, destination (none first) and key
  Sequence as_of = 0;
  uint64_t trips = 0;           // of all rows
  uint64_t trips_too_short = 0;  // of fewer than min_readings, not counted
};

// What a trip may last beyond the time asked for, and still be followed to its end (and was under
// way before it without being taken for a departure).
inline constexpr int64_t kFlowMarginMs = 3 * 3'600'000;

// Reads every plate of the time; trips are cut as by CutIntoTrips. Needs sources.columns.
// Memory: 4 bytes a trip, and the rows.
// Errors: kUnacceptable where there would be more than max_rows; kCancelled, kUnavailable
// (deadline).
Result<FlowAnswer> CountTripFlows(const Sources& sources, const TravelTimes& travel_times,
                                  const FlowRequest& request, const Cancellation& cancellation);

}  // namespace sightline::query
