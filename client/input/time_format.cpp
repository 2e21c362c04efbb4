#include "client/input/time_format.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <ctime>

namespace sightline::client {
namespace {

Error BadTime(std::string_view text, std::string_view why) {
  return InvalidArgument(fmt::format("the time '{}' {}", text.substr(0, 64), why));
}

template <typename Number>
std::optional<Number> WholeNumber(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool HasConversion(std::string_view format, std::string_view letters) {
  for (size_t i = 0; i + 1 < format.size(); ++i) {
    if (format[i] != '%') continue;
    ++i;
    if (letters.find(format[i]) != std::string_view::npos) return true;
  }
  return false;
}

// Reads the digits of a fraction of a second; those past the millisecond are cut off.
const char* ReadFraction(const char* text, int& millisecond) {
  const char* start = text;
  int weight = 100;
  for (; *text >= '0' && *text <= '9'; ++text, weight /= 10) millisecond += (*text - '0') * weight;
  return text == start ? nullptr : text;
}

}  // namespace

Result<TimeFormat> TimeFormat::Make(std::string format, std::optional<TimeZone> zone) {
  if (format.empty() || format == "rfc3339") {
    return TimeFormat(Kind::kRfc3339, {}, std::move(zone));
  }
  if (format == "unix") return TimeFormat(Kind::kUnixSeconds, {}, {});
  if (format == "unix-ms") return TimeFormat(Kind::kUnixMilliseconds, {}, {});
  if (!HasConversion(format, "YyDFcxs")) {
    return InvalidArgument(
        fmt::format("the time format '{}' has no year; write rfc3339, unix, unix-ms or conversions "
                    "such as '%Y-%m-%d %H:%M:%S'",
                    format));
  }
  if (!zone && !HasConversion(format, "zs")) {
    return InvalidArgument(
        "times in this format bear no offset from UTC; say whose clock they are of, for example "
        "--tz America/Los_Angeles");
  }
  return TimeFormat(Kind::kConversions, std::move(format), std::move(zone));
}

Result<Instant> TimeFormat::Parse(std::string_view text) const {
  switch (kind_) {
    case Kind::kRfc3339: return ParseRfc(text);
    case Kind::kConversions: return ParseConversions(text);
    case Kind::kUnixMilliseconds: {
      const auto number = WholeNumber<int64_t>(text);
      if (!number) return BadTime(text, "is not a whole number of milliseconds");
      return Instant{{*number}};
    }
    case Kind::kUnixSeconds: {
      const auto number = WholeNumber<double>(text);
      if (!number || !(std::abs(*number) < 1e12))
        return BadTime(text, "is not a number of seconds");
      return Instant{{std::llround(*number * 1000)}};
    }
  }
  return Internal("a time format of no kind");
}

Result<Instant> TimeFormat::ParseRfc(std::string_view text) const {
  const Result<TimestampMs> time = ParseRfc3339(text);
  if (time) return Instant{*time};
  // A date-time that only lacks its offset reads well with one put behind it.
  const Result<TimestampMs> as_utc = ParseRfc3339(std::string(text) + "Z");
  if (!as_utc) return BadTime(text, fmt::format("is not RFC 3339: {}", time.error().message));
  if (!zone_) return BadTime(text, "has no offset from UTC; say --tz, or --time-format");
  std::tm parts = {};
  const std::time_t seconds = as_utc->value / 1000;
  gmtime_r(&seconds, &parts);
  return zone_->ToInstant({parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                           parts.tm_min, parts.tm_sec, static_cast<int>(as_utc->value % 1000)});
}

Result<Instant> TimeFormat::ParseConversions(std::string_view text) const {
  const std::string whole(text);
  std::tm parts = {};
  parts.tm_mday = 1;
  parts.tm_year = 70;
  LocalTime local;
  // strptime does not know fractions, so the format is taken piece by piece around each %f.
  const char* at = whole.c_str();
  std::string_view rest = format_;
  while (at != nullptr && !rest.empty()) {
    const size_t fraction = rest.find("%f");
    const std::string piece(rest.substr(0, fraction));
    at = strptime(at, piece.c_str(), &parts);
    if (fraction == std::string_view::npos) break;
    rest.remove_prefix(fraction + 2);
    if (at != nullptr) at = ReadFraction(at, local.millisecond);
  }
  if (at == nullptr || *at != '\0') {
    return BadTime(text, fmt::format("does not read as '{}'", format_));
  }
  local = {parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,    parts.tm_hour,
           parts.tm_min,         parts.tm_sec,     local.millisecond};
  if (HasConversion(format_, "s")) {
    // strptime turns epoch seconds into this computer's local time; mktime turns them back.
    return Instant{{int64_t{std::mktime(&parts)} * 1000 + local.millisecond}};
  }
  if (HasConversion(format_, "z")) {
    SIGHTLINE_ASSIGN(const TimestampMs as_utc, UtcInstant(local));
    return Instant{as_utc - int64_t{parts.tm_gmtoff} * 1000};
  }
  const Result<Instant> instant = zone_->ToInstant(local);
  if (!instant) return BadTime(text, fmt::format("is wrong: {}", instant.error().message));
  return *instant;
}

}  // namespace sightline::client
