// Instants, UTC days and intervals; RFC 3339 text in and out.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "core/error.h"

namespace sightline {

inline constexpr int64_t kMillisecondsPerDay = 86'400'000;
inline constexpr int64_t kMillisecondsPerMinute = 60'000;

// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted. Trivially copied.
struct TimestampMs {
  int64_t value = 0;

  auto operator<=>(const TimestampMs&) const = default;
  constexpr TimestampMs operator+(int64_t milliseconds) const { return {value + milliseconds}; }
  constexpr TimestampMs operator-(int64_t milliseconds) const { return {value - milliseconds}; }
  constexpr int64_t operator-(TimestampMs other) const { return value - other.value; }
};

// The instants that can be stored: [1970-01-01, 2149-06-06), what a 16-bit day number holds.
inline constexpr TimestampMs kMinTimestamp{0};
inline constexpr TimestampMs kMaxTimestamp{int64_t{65'535} * kMillisecondsPerDay};

// A UTC calendar day, counted from 1970-01-01 (day 0).
struct Day {
  uint16_t number = 0;

  auto operator<=>(const Day&) const = default;
  constexpr TimestampMs start() const { return {int64_t{number} * kMillisecondsPerDay}; }
  constexpr TimestampMs end() const { return start() + kMillisecondsPerDay; }
};

// The day that holds `time`. Requires kMinTimestamp <= time < kMaxTimestamp.
constexpr Day DayOf(TimestampMs time) {
  return Day{static_cast<uint16_t>(time.value / kMillisecondsPerDay)};
}

// Milliseconds since the start of time's UTC day, [0, 86 400 000).
constexpr uint32_t MillisecondOfDay(TimestampMs time) {
  return static_cast<uint32_t>(time.value % kMillisecondsPerDay);
}

// Half-open: from <= t < to. Empty when from >= to. The default holds every storable instant.
struct Interval {
  TimestampMs from = kMinTimestamp;
  TimestampMs to = kMaxTimestamp;

  auto operator<=>(const Interval&) const = default;
  constexpr bool empty() const { return from >= to; }
  constexpr bool Contains(TimestampMs time) const { return from <= time && time < to; }
};

// "2016-09-21T02:22:36.120Z": UTC, always milliseconds.
std::string FormatTimestamp(TimestampMs time);

// "2016-09-21".
std::string FormatDay(Day day);

// The reverse of FormatDay; exactly ten characters.
Result<Day> ParseDay(std::string_view text);

// Parses an RFC 3339 date-time: 'T' or 't' or one blank between date and time, an offset or 'Z' is
// required, any number of fraction digits (those past the millisecond are cut off), a leap second
// (":60") counts as the first instant of the next minute. The result may lie outside
// [kMinTimestamp, kMaxTimestamp): callers check ranges.
// Errors: kInvalidArgument, saying what is wrong.
Result<TimestampMs> ParseRfc3339(std::string_view text);

}  // namespace sightline
