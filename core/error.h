// Errors and results: what a fallible function returns.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace sightline {

// Few codes, so that one table (api/problem.h) can turn them into HTTP.
enum class ErrorCode {
  kInvalidArgument,    // the caller's input is malformed or out of range
  kUnacceptable,       // well formed, but policy or state does not accept it (purpose missing, ...)
  kUnauthenticated,    // no credentials, or wrong ones
  kPermissionDenied,   // known caller without the right
  kNotFound,           // no such id
  kConflict,           // contradicts what is stored
  kTooLarge,           // beyond a configured limit; the message names the option
  kUnsupportedMedia,   // a media type or encoding that is not read here
  kTooManyRequests,    // the caller is over its share; try again later
  kUnavailable,        // the server cannot serve this now; try again later
  kCancelled,          // the caller went away or the deadline passed
  kNoSpace,            // the disk is full
  kCorruption,         // stored bytes fail their checksum or their format
  kIo,                 // the operating system refused a read or a write
  kInternal,           // a bug of ours
};

// The code's name in snake_case, as it stands in logs and problem types.
std::string_view ErrorCodeName(ErrorCode code);

// What went wrong, for a person (`message`), and where in the input (`field`, an RFC 6901 JSON
// pointer; empty when it does not apply). Messages of kInvalidArgument may quote the input; they
// must not be logged, since they can hold plates.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string field;

  bool operator==(const Error&) const = default;
};

// A value or an Error. Accessing the value of a failed result is a bug and throws.
template <typename T = void>
using Result = boost::system::result<T, Error>;

using Status = Result<void>;

inline Status Ok() { return {}; }

inline Error InvalidArgument(std::string message, std::string field = {}) {
  return {ErrorCode::kInvalidArgument, std::move(message), std::move(field)};
}
inline Error NotFound(std::string message) { return {ErrorCode::kNotFound, std::move(message), {}}; }
inline Error Internal(std::string message) { return {ErrorCode::kInternal, std::move(message), {}}; }

// Found by argument-dependent look-up when .value() is called on a failed result.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace sightline

// Returns the error of a failed Result from the enclosing function.
#define SIGHTLINE_RETURN_IF_ERROR(expression)                       \
  do {                                                              \
    if (auto sightline_status = (expression); !sightline_status) {  \
      return sightline_status.error();                              \
    }                                                               \
  } while (false)

#define SIGHTLINE_CONCAT_INNER(a, b) a##b
#define SIGHTLINE_CONCAT(a, b) SIGHTLINE_CONCAT_INNER(a, b)

// Declares `variable` from a Result, or returns its error: SIGHTLINE_ASSIGN(auto day, ParseDay(s));
#define SIGHTLINE_ASSIGN(variable, expression) \
  SIGHTLINE_ASSIGN_INNER(SIGHTLINE_CONCAT(sightline_result_, __LINE__), variable, expression)
#define SIGHTLINE_ASSIGN_INNER(result, variable, expression) \
  auto result = (expression);                                \
  if (!result) return result.error();                        \
  variable = std::move(*result)
