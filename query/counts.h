// Counts for dashboards: the sightings that pass a filter, and their distinct plates, by group.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "core/cancellation.h"
#include "core/count_key.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"
#include "core/time.h"
#include "core/time_zone.h"
#include "query/sources.h"

namespace sightline::query {

struct CountRequest {
  Filter filter;
  std::vector<CountKey> group_by;  // each at most once; none: everything is one group
  TimeZone zone;
  std::optional<Sequence> as_of;   // default: everything visible at the start
  // Whether times of the range without sightings have rows, for each group that has any sighting.
  bool fills = true;
  size_t max_rows = 100'000;
};

struct CountRow {
  // Of a key: nothing (the sightings have no such value), an instant (the start of an interval), or
  // a value; a camera's is its id. Numbers are one value where they are equal: a fraction that is a
  // whole number stands as the integer.
  using Value = std::variant<std::monostate, TimestampMs, AttributeValue>;

  std::vector<Value> key;  // as group_by
  uint64_t count = 0;
  uint64_t distinct_plates = 0;  // over the whole group, however many days it spans

  bool operator==(const CountRow&) const = default;
};

struct CountAnswer {
  // In order of their keys, the first key first: nothing before values, then times and numbers
  // ascending, text by bytes.
  std::vector<CountRow> rows;
  Sequence as_of = 0;
};

// kUnacceptable: the answer has more rows than that.
Error TooManyRows(size_t max_rows);

// What a row bears for a value of TimeUnits.
CountRow::Value TimeKeyValue(TimeUnit unit, int64_t value);
// The order of rows by one key.
bool KeyValueLess(const CountRow::Value& a, const CountRow::Value& b);

// Operation: what the columns hold decides; the records are read only where sources have no
// columns. Rows of `fills` cover the filter's time; where that is open, the intervals from the
// first to the last that has a sighting (grouped by numbers alone, the days that hold any).
//
// Errors: kUnacceptable where there would be more than max_rows; kCancelled, kUnavailable
// (deadline).
Result<CountAnswer> CountSightings(const Sources& sources, const CountRequest& request,
                                   const Cancellation& cancellation);

}  // namespace sightline::query
