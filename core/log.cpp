#include "core/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/clock.h"

namespace sightline {
namespace {

constexpr std::array<std::string_view, 5> kLevelNames = {"debug", "info", "warning", "error",
                                                         "off"};

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kOff: return spdlog::level::off;
  }
  return spdlog::level::info;
}

spdlog::logger& Logger() {
  // Never destroyed: threads may log while the program ends.
  static auto* const logger = [] {
    auto* made = new spdlog::logger("sightline", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *logger;
}

// Text may come from outside; what is not UTF-8 in it becomes U+FFFD, so that a line is JSON.
std::string ValidUtf8(std::string_view text) {
  std::string valid;
  icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())))
      .toUTF8String(valid);
  return valid;
}

void AppendQuoted(fmt::memory_buffer& line, std::string_view text) {
  std::string valid;
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    valid = ValidUtf8(text);
    text = valid;
  }
  line.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      line.push_back('\\');
      line.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<int>(c));
    } else {
      line.push_back(c);
    }
  }
  line.push_back('"');
}

struct AppendValue {
  fmt::memory_buffer& line;
  void operator()(std::string_view text) const { AppendQuoted(line, text); }
  void operator()(int64_t number) const { fmt::format_to(std::back_inserter(line), "{}", number); }
  void operator()(double number) const {
    if (std::isfinite(number)) {
      fmt::format_to(std::back_inserter(line), "{:.6g}", number);
    } else {
      line.append(std::string_view("null"));
    }
  }
  void operator()(bool flag) const { line.append(std::string_view(flag ? "true" : "false")); }
};

}  // namespace

void SetLogLevel(LogLevel level) { Logger().set_level(ToSpdlog(level)); }

Result<LogLevel> ParseLogLevel(std::string_view name) {
  for (size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == name) return static_cast<LogLevel>(i);
  }
  return InvalidArgument(
      fmt::format("no log level '{}'; use debug, info, warning, error or off", name));
}

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!Logger().should_log(ToSpdlog(level))) return;
  fmt::memory_buffer line;
  fmt::format_to(std::back_inserter(line), R"({{"time":"{}","level":"{}","event":)",
                 FormatTimestamp(SystemClock().Now()), kLevelNames[static_cast<size_t>(level)]);
  AppendQuoted(line, event);
  for (const LogField& field : fields) {
    line.push_back(',');
    AppendQuoted(line, field.name);
    line.push_back(':');
    std::visit(AppendValue{line}, field.value);
  }
  line.push_back('}');
  Logger().log(ToSpdlog(level), std::string_view(line.data(), line.size()));
}

}  // namespace sightline
