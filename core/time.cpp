#include "core/time.h"

#include <fmt/compile.h>

#include <chrono>

namespace sightline {
namespace {

// Reads exactly `digits` decimal digits at `position`; -1 when they are not there.
int ReadDigits(std::string_view text, size_t position, size_t digits) {
  if (position + digits > text.size()) return -1;
  int value = 0;
  for (size_t i = position; i < position + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool IsAt(std::string_view text, size_t position, char c) {
  return position < text.size() && text[position] == c;
}

std::chrono::year_month_day CalendarDate(int year, int month, int day) {
  return std::chrono::year{year} / month / day;
}

Error BadTime(std::string_view why) {
  return InvalidArgument(
      fmt::format("{}; expected RFC 3339 such as 2016-09-21T10:22:36.120+08:00", why));
}

}  // namespace

std::string FormatTimestamp(TimestampMs time) {
  using namespace std::chrono;
  const sys_time<milliseconds> instant{milliseconds{time.value}};
  const auto midnight = floor<days>(instant);
  const year_month_day date{midnight};
  const hh_mm_ss clock{instant - midnight};
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"),
                     static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string FormatDay(Day day) { return FormatTimestamp(day.start()).substr(0, 10); }

Result<Day> ParseDay(std::string_view text) {
  if (text.size() != 10) return InvalidArgument("a day is written as YYYY-MM-DD");
  SIGHTLINE_ASSIGN(const TimestampMs start, ParseRfc3339(std::string(text) + "T00:00:00Z"));
  if (start < kMinTimestamp || start >= kMaxTimestamp) {
    return InvalidArgument("the day lies outside 1970-01-01 to 2149-06-05");
  }
  return DayOf(start);
}

Result<TimestampMs> ParseRfc3339(std::string_view text) {
  const int year = ReadDigits(text, 0, 4);
  const int month = ReadDigits(text, 5, 2);
  const int day = ReadDigits(text, 8, 2);
  if (year < 0 || month < 0 || day < 0 || !IsAt(text, 4, '-') || !IsAt(text, 7, '-')) {
    return BadTime("no date YYYY-MM-DD at the start");
  }
  const auto date = CalendarDate(year, month, day);
  if (!date.ok()) return BadTime("no such calendar date");

  if (text.size() < 11 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) {
    return BadTime("the time of day is missing");
  }
  const int hour = ReadDigits(text, 11, 2);
  const int minute = ReadDigits(text, 14, 2);
  const int second = ReadDigits(text, 17, 2);
  if (hour < 0 || minute < 0 || second < 0 || !IsAt(text, 13, ':') || !IsAt(text, 16, ':')) {
    return BadTime("no time hh:mm:ss after the date");
  }
  if (hour > 23 || minute > 59 || second > 60) return BadTime("no such time of day");

  size_t position = 19;
  int64_t milliseconds = 0;
  if (IsAt(text, position, '.')) {
    ++position;
    const size_t first = position;
    for (int64_t weight = 100; position < text.size() && ReadDigits(text, position, 1) >= 0;
         ++position, weight /= 10) {
      milliseconds += weight * ReadDigits(text, position, 1);
    }
    if (position == first) return BadTime("a fraction of a second needs digits");
  }

  int64_t offset_minutes = 0;
  if (IsAt(text, position, 'Z') || IsAt(text, position, 'z')) {
    ++position;
  } else if (IsAt(text, position, '+') || IsAt(text, position, '-')) {
    const int offset_hour = ReadDigits(text, position + 1, 2);
    const int offset_minute = ReadDigits(text, position + 4, 2);
    if (offset_hour < 0 || offset_minute < 0 || !IsAt(text, position + 3, ':') ||
        offset_hour > 23 || offset_minute > 59) {
      return BadTime("the offset from UTC must be Z or ±hh:mm");
    }
    offset_minutes = (offset_hour * 60 + offset_minute) * (text[position] == '-' ? -1 : 1);
    position += 6;
  } else {
    return BadTime("the offset from UTC is missing");
  }
  if (position != text.size()) return BadTime("unexpected characters after the time");

  if (second == 60) milliseconds = 0;  // within a leap second no instant is told from another
  const int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const int64_t minutes = (days * 24 + hour) * 60 + minute - offset_minutes;
  return TimestampMs{(minutes * 60 + second) * 1000 + milliseconds};
}

}  // namespace sightline
