#include "tests/support/wall_clock.h"

#include <algorithm>
#include <cmath>

namespace sightline::testing {
namespace {

constexpr int64_t kMinute = kMillisecondsPerMinute;
constexpr int64_t kHour = 60 * kMinute;

int64_t Floor(int64_t value, int64_t unit) {
  return static_cast<int64_t>(std::floor(static_cast<double>(value) / static_cast<double>(unit)));
}

int64_t LocalHour(const TimeZone& zone, int64_t at) {
  return Floor(at + zone.OffsetAt({at}), kHour);
}

int64_t Date(const TimeZone& zone, int64_t at) {
  return Floor(at + zone.OffsetAt({at}), kMillisecondsPerDay);
}

// The latest date that the clock has shown by then: it may be set back over midnight.
int64_t LatestDate(const TimeZone& zone, int64_t at) {
  int64_t date = Date(zone, at);
  for (int64_t back = 0; back <= 3 * kHour; back += kMinute) {
    date = std::max(date, Date(zone, at - back));
  }
  return date;
}

// The first minute, in the eight days before, at which the clock showed `date` or a later one.
int64_t DateStart(const TimeZone& zone, int64_t date, int64_t minute) {
  int64_t start = minute;
  for (int64_t at = minute; at > minute - 8 * kMillisecondsPerDay; at -= kMinute) {
    if (Date(zone, at) >= date) start = at;
  }
  return start;
}

}  // namespace

int64_t ValueByWallClock(const TimeZone& zone, TimeUnit unit, TimestampMs time) {
  int64_t minute = Floor(time.value, kMinute) * kMinute;
  const int64_t date = LatestDate(zone, minute);
  const int64_t weekday = (date + 3) % 7 + 1;  // 1970-01-01 was a Thursday
  switch (unit) {
    case TimeUnit::kMinute:
      return minute;
    case TimeUnit::kHour:
      while ((minute + zone.OffsetAt({minute})) % kHour != 0 &&
             LocalHour(zone, minute - kMinute) == LocalHour(zone, minute)) {
        minute -= kMinute;
      }
      return minute;
    case TimeUnit::kDay:
      return DateStart(zone, date, minute);
    case TimeUnit::kWeek:
      return DateStart(zone, date - weekday + 1, minute);
    case TimeUnit::kHourOfDay:
      return LocalHour(zone, minute) - Date(zone, minute) * 24;
    case TimeUnit::kWeekday:
      return weekday;
    case TimeUnit::kHourClass: {
      const int64_t at = minute + zone.OffsetAt({minute});
      const int64_t half_hour = (at - Floor(at, kMillisecondsPerDay) * kMillisecondsPerDay) /
                                (kHour / 2);
      if (half_hour < 12 || half_hour >= 44) return 0;  // night
      if (Floor(at, kMillisecondsPerDay) == date && weekday >= 6) return 3;
      return (half_hour >= 14 && half_hour < 19) || (half_hour >= 33 && half_hour < 39) ? 2 : 1;
    }
  }
  return 0;
}

}  // namespace sightline::testing
