// RFC 9457 problem details.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/error.h"

namespace sightline::api {

// The HTTP status of an error. The one table that turns codes into statuses.
int HttpStatus(ErrorCode code);

// The reverse, for clients: the code that best fits a status.
ErrorCode CodeOfHttpStatus(int status);

// {"type","title","status","detail"} and where they apply "field" and "line". `status` overrides
// HttpStatus(error.code) for errors that only HTTP knows (405, 408, 431, …).
std::string ProblemJson(const Error& error, std::optional<int> status = std::nullopt,
                        std::optional<uint64_t> line = std::nullopt);

// The error that a problem+json body describes; kInternal with the body as message when it is none.
Error ParseProblem(int status, std::string_view body);

}  // namespace sightline::api
