// Instants as a wall clock sees them: the hour, day or week that they lie in.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/count_key.h"
#include "core/time.h"
#include "core/time_zone.h"

namespace sightline::query {

// Operation: intervals lie one behind another and are named by the instant at which they start.
// - A minute or hour starts when the clock shows a full one, and when the clocks are changed to
//   another one. So an hour that comes twice is two hours, and one that the clocks were set back
//   within (Lord Howe, half an hour) is one of 90 minutes.
// - A day starts at the first instant at which the clock shows its date, a week with its Monday: a
//   day has 23 or 25 hours when the clocks are changed, and starts at 01:00 where midnight is
//   skipped.
// - The hour of day and the weekday of an instant are those of its hour and its day.
//
// Copies share the zone. Thread-safe.
class TimeUnits {
 public:
  // Each unit at most once; may be none.
  TimeUnits(TimeZone zone, std::vector<TimeUnit> units)
      : zone_(std::move(zone)), units_(std::move(units)) {}

  std::span<const TimeUnit> units() const { return units_; }

  // For each unit the start (milliseconds since the epoch), or the number, of kHourClass that of
  // its HourClass.
  std::vector<int64_t> ValuesAt(TimestampMs time) const;

  // An instant behind `time` before which no value changes: the next at which one may.
  // kMaxTimestamp where there are no units.
  TimestampMs NextChange(TimestampMs time) const;

 private:
  int64_t Offset(TimestampMs time) const { return zone_.OffsetAt(time); }
  // The first instant in (after, until] with another offset than `after`; requires one.
  TimestampMs ClockChange(TimestampMs after, TimestampMs until) const;
  // Of minutes and hours, `length` in milliseconds.
  TimestampMs IntervalStart(TimestampMs time, int64_t length) const;
  TimestampMs IntervalEnd(TimestampMs time, int64_t length) const;
  // Dates count days from 1970-01-01.
  int64_t DateOf(TimestampMs time) const;
  TimestampMs DateStart(int64_t date) const;
  int64_t HourOfDay(TimestampMs time) const;

  TimeZone zone_;
  std::vector<TimeUnit> units_;
};

}  // namespace sightline::query
