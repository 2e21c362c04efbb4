// How the times of a file are written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/time_zone.h"
#include "core/error.h"

namespace sightline::client {

// Reads times in one format. Thread-safe once made.
class TimeFormat {
 public:
  // `format`: "" or "rfc3339" (an offset may be missing where `zone` is given), "unix" (seconds,
  // with or without a fraction), "unix-ms", or conversions as of strptime(3) with %f for the digits
  // of a fraction and %z for an offset: "%m/%d/%Y - %H:%M:%S". `zone`: of times without an offset.
  // Errors: kInvalidArgument for a format without a date, or a local one without a zone.
  static Result<TimeFormat> Make(std::string format, std::optional<TimeZone> zone);

  // kInvalidArgument for text that is not in the format, no such date, or a local time that was
  // skipped when the clocks were set forward.
  Result<Instant> Parse(std::string_view text) const;

 private:
  enum class Kind { kRfc3339, kUnixSeconds, kUnixMilliseconds, kConversions };

  TimeFormat(Kind kind, std::string format, std::optional<TimeZone> zone)
      : kind_(kind), format_(std::move(format)), zone_(std::move(zone)) {}

  Result<Instant> ParseRfc(std::string_view text) const;
  Result<Instant> ParseConversions(std::string_view text) const;

  Kind kind_;
  std::string format_;
  std::optional<TimeZone> zone_;
};

}  // namespace sightline::client
