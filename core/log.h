// The structured log: one JSON object a line on standard error.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.h"

namespace sightline {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// One member of a log line. Values must never hold plates, sighting contents or secrets.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, int64_t, double, bool> value;

  LogField(std::string_view field_name, std::string_view text) : name(field_name), value(text) {}
  LogField(std::string_view field_name, const char* text)
      : name(field_name), value(std::string_view(text)) {}
  LogField(std::string_view field_name, const std::string& text)
      : name(field_name), value(std::string_view(text)) {}
  LogField(std::string_view field_name, double number) : name(field_name), value(number) {}
  LogField(std::string_view field_name, bool flag) : name(field_name), value(flag) {}
  template <std::integral Integer>
  LogField(std::string_view field_name, Integer number)
      : name(field_name), value(static_cast<int64_t>(number)) {}
};

// Lines below `level` are dropped. The default is kInfo. Thread-safe.
void SetLogLevel(LogLevel level);

// Errors: kInvalidArgument unless the name is debug, info, warning, error or off.
Result<LogLevel> ParseLogLevel(std::string_view name);

// {"time": ..., "level": ..., "event": `event`, fields...}. Thread-safe; never throws.
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace sightline
