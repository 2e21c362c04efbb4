// What every command has in common: global options, the client, and how answers are shown.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/client.h"
#include "client/exit_code.h"
#include "client/output/row_printer.h"
#include "client/simulate/direct_writer.h"
#include "core/time_zone.h"
#include "core/error.h"

namespace sightline::client {

struct GlobalOptions {
  std::string url;
  std::string token;
  std::string token_file;
  std::string purpose;
  std::string case_number;
  std::string ca_file;
  std::string time_zone;  // IANA name; empty: this computer's
  bool json = false;
  bool csv = false;
  bool quiet = false;
};

// The options as parsed, and the command that was chosen.
class CommandLine {
 public:
  GlobalOptions globals;
  std::function<Outcome()> run;  // set by the command's callback
  DirectWriterFactory open_data_directory;  // empty: this program cannot write into one

  // Options of the client: flags over the environment. `max_attempts`: ClientOptions.
  ClientOptions client_options(int max_attempts = 3) const;

  // kInvalidArgument for an unknown name.
  Result<TimeZone> zone() const;

  // A table, or CSV where it was asked for.
  RowPrinter Rows(std::vector<Column> columns) const;
  // Ends `rows`. Where there were none, says "no sightings" (`what`) on standard error, so that a
  // lone header is not taken for a fault.
  void Finish(RowPrinter& rows, const char* what) const;
  // For CSV the instant in UTC as RFC 3339, else the wall clock of `zone`.
  std::string ShowTime(TimestampMs time, const TimeZone& zone) const;
};

// Writes an answer of the server's as it came, with a line end.
void PrintJson(const std::string& json);

// A moment of the command line: RFC 3339, integer milliseconds since the epoch, or without an
// offset a date or a date and time in `zone`. kInvalidArgument otherwise.
Result<TimestampMs> ParseMoment(const std::string& text, const TimeZone& zone);

// The usual ends.
inline Outcome Success() { return {}; }
inline Outcome UsageError(std::string message) { return {ExitCode::kUsage, std::move(message)}; }

}  // namespace sightline::client

// Declares `variable` from a Result, or ends the command with the Outcome of its error.
#define SIGHTLINE_TRY(variable, expression) \
  SIGHTLINE_TRY_INNER(SIGHTLINE_CONCAT(sightline_result_, __LINE__), variable, expression)
#define SIGHTLINE_TRY_INNER(result, variable, expression)             \
  auto result = (expression);                                         \
  if (!result) return ::sightline::client::OutcomeOf(result.error()); \
  variable = std::move(*result)

// The same for what the user wrote: every error is one of usage.
#define SIGHTLINE_TRY_USAGE(variable, expression) \
  SIGHTLINE_TRY_USAGE_INNER(SIGHTLINE_CONCAT(sightline_result_, __LINE__), variable, expression)
#define SIGHTLINE_TRY_USAGE_INNER(result, variable, expression)                \
  auto result = (expression);                                                  \
  if (!result) return ::sightline::client::UsageError(result.error().message); \
  variable = std::move(*result)
