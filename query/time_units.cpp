#include "query/time_units.h"

#include <algorithm>

#include "query/hour_class.h"

namespace sightline::query {
namespace {

constexpr int64_t kHour = 60 * kMillisecondsPerMinute;

constexpr int64_t FloorTo(int64_t value, int64_t unit) {
  const int64_t rest = value % unit;
  return value - (rest < 0 ? rest + unit : rest);
}

// The Monday of the week of a date, as dates are counted; 1970-01-01 was a Thursday.
constexpr int64_t MondayOf(int64_t date) { return FloorTo(date + 3, 7) - 3; }

}  // namespace

std::vector<int64_t> TimeUnits::ValuesAt(TimestampMs time) const {
  std::vector<int64_t> values;
  values.reserve(units_.size());
  for (const TimeUnit unit : units_) {
    switch (unit) {
      case TimeUnit::kMinute:
        values.push_back(IntervalStart(time, kMillisecondsPerMinute).value);
        break;
      case TimeUnit::kHour:
        values.push_back(IntervalStart(time, kHour).value);
        break;
      case TimeUnit::kDay:
        values.push_back(DateStart(DateOf(time)).value);
        break;
      case TimeUnit::kWeek:
        values.push_back(DateStart(MondayOf(DateOf(time))).value);
        break;
      case TimeUnit::kHourOfDay:
        values.push_back(HourOfDay(time));
        break;
      case TimeUnit::kWeekday: {
        const int64_t date = DateOf(time);
        values.push_back(date - MondayOf(date) + 1);
        break;
      }
      case TimeUnit::kHourClass:
        values.push_back(static_cast<int64_t>(HourClassAt(zone_, time)));
        break;
    }
  }
  return values;
}

TimestampMs TimeUnits::NextChange(TimestampMs time) const {
  TimestampMs next = kMaxTimestamp;
  for (const TimeUnit unit : units_) {
    switch (unit) {
      case TimeUnit::kMinute:
        next = std::min(next, IntervalEnd(time, kMillisecondsPerMinute));
        break;
      case TimeUnit::kHour:
      case TimeUnit::kHourOfDay:
        next = std::min(next, IntervalEnd(time, kHour));
        break;
      case TimeUnit::kHourClass:  // begin and end with hours or half hours
        next = std::min(next, IntervalEnd(time, kHour / 2));
        break;
      case TimeUnit::kDay:
      case TimeUnit::kWeekday:
        next = std::min(next, DateStart(DateOf(time) + 1));
        break;
      case TimeUnit::kWeek:
        next = std::min(next, DateStart(MondayOf(DateOf(time)) + 7));
        break;
    }
  }
  return next;
}

TimestampMs TimeUnits::ClockChange(TimestampMs after, TimestampMs until) const {
  const int64_t before = Offset(after);
  int64_t same = after.value;
  int64_t changed = until.value;
  while (changed - same > 1) {
    const int64_t middle = same + (changed - same) / 2;
    (Offset({middle}) == before ? same : changed) = middle;
  }
  return {changed};
}

TimestampMs TimeUnits::IntervalStart(TimestampMs time, int64_t length) const {
  const int64_t offset = Offset(time);
  const TimestampMs start{FloorTo(time.value + offset, length) - offset};
  const int64_t offset_at_start = Offset(start);
  if (offset_at_start == offset) return start;
  const TimestampMs change = ClockChange(start, time);
  // The clock shows no full unit at the change.
  const TimestampMs last = change - 1;
  const bool goes_on = FloorTo(last.value + Offset(last), length) ==
                       FloorTo(change.value + offset, length);
  return goes_on ? IntervalStart(last, length) : change;
}

TimestampMs TimeUnits::IntervalEnd(TimestampMs time, int64_t length) const {
  const int64_t offset = Offset(time);
  const TimestampMs end{FloorTo(time.value + offset, length) + length - offset};
  if (Offset(end) == offset) return end;
  const TimestampMs change = ClockChange(time, end);
  return IntervalStart(change, length) == change ? change : IntervalEnd(change, length);
}

int64_t TimeUnits::DateOf(TimestampMs time) const {
  const int64_t date = FloorTo(time.value + Offset(time), kMillisecondsPerDay) /
                       kMillisecondsPerDay;
  // The clocks may have been set back over midnight: the day that had begun goes on.
  return DateStart(date + 1) <= time ? date + 1 : date;
}

TimestampMs TimeUnits::DateStart(int64_t date) const {
  const TimestampMs as_utc{date * kMillisecondsPerDay};
  // The offsets of a day before and a day after are the only ones that can apply. The first of two
  // midnights is the earlier instant, of the greater offset.
  const int64_t before = Offset(as_utc - kMillisecondsPerDay);
  const int64_t after = Offset(as_utc + kMillisecondsPerDay);
  const auto [least, greatest] = std::minmax(before, after);
  for (const int64_t offset : {greatest, least}) {
    if (Offset(as_utc - offset) == offset) return as_utc - offset;
  }
  // Midnight was skipped.
  return ClockChange(as_utc - kMillisecondsPerDay, as_utc + kMillisecondsPerDay);
}

int64_t TimeUnits::HourOfDay(TimestampMs time) const {
  return (FloorTo(time.value + Offset(time), kHour) -
          FloorTo(time.value + Offset(time), kMillisecondsPerDay)) / kHour;
}

}  // namespace sightline::query
