#include "client/exit_code.h"

#include <fmt/format.h>

namespace sightline::client {

Outcome OutcomeOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kIo:
      return {ExitCode::kUnreachable,
              error.message.starts_with("cannot reach")
                  ? error.message + "; is sightline-server running? Set --url or SIGHTLINE_URL"
                  : error.message};
    case ErrorCode::kNotFound: return {ExitCode::kNotFound, error.message};
    case ErrorCode::kCancelled: return {ExitCode::kInterrupted, error.message};
    case ErrorCode::kUnauthenticated:
      return {
          ExitCode::kFailed,
          error.message + "; set --token, --token-file, SIGHTLINE_TOKEN or SIGHTLINE_TOKEN_FILE"};
    default: break;
  }
  if (error.field == "X-Purpose") {
    return {ExitCode::kFailed, error.message + "; set --purpose or SIGHTLINE_PURPOSE"};
  }
  if (error.field.empty()) return {ExitCode::kFailed, error.message};
  return {ExitCode::kFailed, fmt::format("{} (at {})", error.message, error.field)};
}

}  // namespace sightline::client
