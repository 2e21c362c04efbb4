#include "client/commands/command_line.h"

#include <fmt/format.h>

#include <charconv>

#include "client/input/time_format.h"
#include "client/interrupt.h"
#include "client/output/terminal.h"

namespace sightline::client {

ClientOptions CommandLine::client_options(int max_attempts) const {
  ClientOptions options = ClientOptions::FromEnvironment();
  const auto prefer = [](const std::string& flag, std::string& option) {
    if (!flag.empty()) option = flag;
  };
  prefer(globals.url, options.url);
  // A token file on the command line is meant more than a token in the environment.
  if (globals.token.empty() && !globals.token_file.empty()) options.token.clear();
  prefer(globals.token, options.token);
  prefer(globals.token_file, options.token_file);
  prefer(globals.purpose, options.purpose);
  prefer(globals.case_number, options.case_number);
  prefer(globals.ca_file, options.ca_file);
  options.max_attempts = max_attempts;
  options.cancelled = &StopRequested();
  return options;
}

Result<TimeZone> CommandLine::zone() const {
  if (globals.time_zone.empty()) return TimeZone::Local();
  return TimeZone::Named(globals.time_zone);
}

RowPrinter CommandLine::Rows(std::vector<Column> columns) const {
  return RowPrinter(stdout, globals.csv ? RowStyle::kCsv : RowStyle::kTable, std::move(columns),
                    UseColor(stdout));
}

void CommandLine::Finish(RowPrinter& rows, const char* what) const {
  rows.Finish();
  if (rows.empty() && !globals.quiet) fmt::print(stderr, "no {}\n", what);
}

std::string CommandLine::ShowTime(TimestampMs time, const TimeZone& zone) const {
  return globals.csv ? FormatTimestamp(time) : zone.Format(time);
}

void PrintJson(const std::string& json) {
  std::fwrite(json.data(), 1, json.size(), stdout);
  if (!json.ends_with('\n')) std::fputc('\n', stdout);
}

Result<TimestampMs> ParseMoment(const std::string& text, const TimeZone& zone) {
  int64_t milliseconds = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  if (error == std::errc() && end == text.data() + text.size()) return TimestampMs{milliseconds};
  std::string whole = text;
  if (whole.size() == std::string_view("2016-09-21").size()) whole += " 00:00";
  if (whole.size() == std::string_view("2016-09-21 10:22").size()) whole += ":00";
  SIGHTLINE_ASSIGN(const TimeFormat format, TimeFormat::Make("rfc3339", zone));
  const Result<Instant> instant = format.Parse(whole);
  if (instant) return instant->time;
  return InvalidArgument(fmt::format(
      "'{}' is no time; write 2016-09-21, '2016-09-21 10:22', RFC 3339 with an offset, or "
      "milliseconds since 1970",
      text));
}

}  // namespace sightline::client
