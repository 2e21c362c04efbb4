#include "core/time_zone.h"

#include <fmt/format.h>
#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <chrono>
#include <cstdlib>

namespace sightline {

Result<TimestampMs> UtcInstant(const LocalTime& local) {
  const std::chrono::year_month_day date{std::chrono::year(local.year),
                                         std::chrono::month(static_cast<unsigned>(local.month)),
                                         std::chrono::day(static_cast<unsigned>(local.day))};
  if (local.year < 0 || !date.ok()) {
    return InvalidArgument(
        fmt::format("no such date: {:04}-{:02}-{:02}", local.year, local.month, local.day));
  }
  const int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const int64_t seconds =
      ((days * 24 + local.hour) * 60 + local.minute) * int64_t{60} + local.second;
  return TimestampMs{seconds * 1000 + local.millisecond};
}

class TimeZone::Rules {
 public:
  explicit Rules(icu::TimeZone* zone) : zone_(zone) {
    icu::UnicodeString id;
    zone_->getID(id).toUTF8String(name_);
  }

  // Milliseconds to add to UTC at an instant.
  int64_t OffsetAt(TimestampMs time) const {
    int32_t raw = 0;
    int32_t saving = 0;
    UErrorCode code = U_ZERO_ERROR;
    zone_->getOffset(static_cast<UDate>(time.value), false, raw, saving, code);
    return int64_t{raw} + saving;
  }

  const std::string& name() const { return name_; }

 private:
  std::unique_ptr<icu::TimeZone> zone_;
  std::string name_;
};

Result<TimeZone> TimeZone::Named(const std::string& name) {
  auto zone = std::unique_ptr<icu::TimeZone>(
      icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
  if (*zone == icu::TimeZone::getUnknown()) {
    return InvalidArgument(fmt::format(
        "no time zone is called '{}'; write an IANA name such as America/Los_Angeles", name));
  }
  return TimeZone(std::make_shared<Rules>(zone.release()));
}

TimeZone TimeZone::Local() {
  return TimeZone(std::make_shared<Rules>(icu::TimeZone::detectHostTimeZone()));
}

Result<Instant> TimeZone::ToInstant(const LocalTime& local) const {
  SIGHTLINE_ASSIGN(const TimestampMs as_utc, UtcInstant(local));
  // The offsets in force a day before and a day after are the only ones that can apply. Tried with
  // the earlier one first: where both fit, that is the first of the two instants.
  const int64_t before = rules_->OffsetAt(as_utc - kMillisecondsPerDay);
  const int64_t after = rules_->OffsetAt(as_utc + kMillisecondsPerDay);
  const TimestampMs first = as_utc - before;
  const TimestampMs second = as_utc - after;
  const bool first_fits = rules_->OffsetAt(first) == before;
  const bool second_fits = rules_->OffsetAt(second) == after;
  if (!first_fits && !second_fits) {
    return InvalidArgument(
        "the local time does not exist: the clocks were set forward over it that day");
  }
  if (!first_fits) return Instant{second, false};
  return Instant{first, second_fits && first != second};
}

int64_t TimeZone::OffsetAt(TimestampMs time) const { return rules_->OffsetAt(time); }

LocalMoment TimeZone::LocalMomentOf(TimestampMs time) const {
  const std::chrono::sys_time<std::chrono::milliseconds> wall{
      std::chrono::milliseconds(time.value + OffsetAt(time))};
  const auto day = std::chrono::floor<std::chrono::days>(wall);
  return {.day = day.time_since_epoch().count(),
          .weekday = static_cast<int>(std::chrono::weekday(day).iso_encoding()),
          .ms_of_day = (wall - day).count()};
}

const std::string& TimeZone::name() const { return rules_->name(); }

std::string TimeZone::Format(TimestampMs time) const {
  const int64_t offset = rules_->OffsetAt(time);
  std::string text = FormatTimestamp(time + offset);  // the wall clock's reading, with a 'Z'
  text[10] = ' ';
  text.pop_back();
  const int64_t minutes = std::abs(offset) / 60'000;
  return fmt::format("{} {}{:02}:{:02}", text, offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace sightline
