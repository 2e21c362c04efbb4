#include "api/parameters.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

#include "api/json_reader.h"

namespace sightline::api {
namespace {

// Whether `text` is a time but for the '+' of its offset, which a query's decoding made a blank.
bool LostItsPlus(std::string_view text) {
  const size_t blank = text.rfind(' ');
  if (blank == std::string_view::npos) return false;
  std::string mended(text);
  mended[blank] = '+';
  return ParseRfc3339(mended).has_value();
}

}  // namespace

Result<TimestampMs> ParseTimeParameter(std::string_view text, std::string_view name) {
  int64_t milliseconds = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  const bool whole_number = code == std::errc() && end == text.data() + text.size();
  const Result<TimestampMs> time =
      whole_number ? Result<TimestampMs>(TimestampMs{milliseconds}) : ParseRfc3339(text);
  if (!time && LostItsPlus(text)) {
    return InvalidArgument(
        fmt::format("{} is no time: the + before its offset arrived as a blank, which is what + "
                    "means in a query; write it as %2B",
                    name),
        std::string(name));
  }
  if (!time) {
    return InvalidArgument(fmt::format("{} is no time: {} or whole milliseconds since 1970", name,
                                       time.error().message),
                           std::string(name));
  }
  if (*time < kMinTimestamp || *time > kMaxTimestamp) {
    return InvalidArgument(
        fmt::format("{} lies outside 1970-01-01 to 2149-06-06, the times that can be stored", name),
        std::string(name));
  }
  return time;
}

Result<uint64_t> ParseUintParameter(std::string_view text, std::string_view name, uint64_t min,
                                    uint64_t max) {
  uint64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code == std::errc::invalid_argument || end != text.data() + text.size()) {
    return InvalidArgument(fmt::format("{} must be a whole number from {} to {}, written in digits "
                                       "alone, not {}",
                                       name, min, max, Quoted(text)),
                           std::string(name));
  }
  if (code != std::errc() || number < min || number > max) {
    return InvalidArgument(
        fmt::format("{} must lie between {} and {}, not {}", name, min, max, Quoted(text)),
        std::string(name));
  }
  return number;
}

}  // namespace sightline::api
