// Time zones by their IANA names: local times in and out.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"

namespace sightline {

// A date and time of day on a wall clock.
struct LocalTime {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31
  int hour = 0;
  int minute = 0;
  int second = 0;       // 0 to 60
  int millisecond = 0;  // 0 to 999

  bool operator==(const LocalTime&) const = default;
};

// The instant at which a clock that shows UTC shows `local`. kInvalidArgument for no such date.
Result<TimestampMs> UtcInstant(const LocalTime& local);

// An instant, and whether its local time came twice that day (clocks set back) and this is the
// first.
struct Instant {
  TimestampMs time;
  bool ambiguous = false;
};

// Where an instant stands on the calendar and the clock of a zone.
struct LocalMoment {
  int64_t day = 0;        // of the local calendar, since 1970-01-01
  int weekday = 1;        // ISO: 1 Monday to 7 Sunday
  int64_t ms_of_day = 0;  // [0, 86 400 000)

  int hour() const { return static_cast<int>(ms_of_day / 3'600'000); }
  bool operator==(const LocalMoment&) const = default;
};

// Copies share the zone's rules. Thread-safe.
class TimeZone {
 public:
  // "America/Los_Angeles", "UTC", ... kInvalidArgument for a name that is not known.
  static Result<TimeZone> Named(const std::string& name);
  // The zone of this computer (TZ, else the system's).
  static TimeZone Local();

  // kInvalidArgument for a date that does not exist or a time that was skipped (clocks set
  // forward).
  Result<Instant> ToInstant(const LocalTime& local) const;

  // What a wall clock in the zone shows beyond UTC then, in milliseconds. Some tens of nanoseconds.
  int64_t OffsetAt(TimestampMs time) const;

  LocalMoment LocalMomentOf(TimestampMs time) const;

  // The IANA name that it was made from; of Local() the one that was found.
  const std::string& name() const;

  // "2016-09-21 10:22:36.120 +08:00".
  std::string Format(TimestampMs time) const;

 private:
  class Rules;
  explicit TimeZone(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}

  std::shared_ptr<const Rules> rules_;
};

}  // namespace sightline
