// The body of POST /v1/tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace sightline::api {

// What a token may be good for. "owner" has every role.
inline constexpr std::string_view kTokenRoles[] = {"owner",     "reader",   "writer",
                                                   "corrector", "operator", "auditor"};

struct TokenRequest {
  std::string name;                    // for people; 1 to 128 bytes, no control characters
  std::vector<std::string> roles;      // one or more of kTokenRoles, each once, in byte order
  std::optional<TimestampMs> expires;  // absent: until it is revoked. Not checked against the clock
  std::string standing_purpose;        // stands in for X-Purpose; 3 to 256 characters, or empty
};

// {"name","roles","expires","standing_purpose"}; the last two may be absent. Strict.
// Errors: kInvalidArgument with `field`.
Result<TokenRequest> ParseTokenRequest(std::string_view json);

}  // namespace sightline::api
