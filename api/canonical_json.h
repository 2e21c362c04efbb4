// The one form of a JSON value that hashes are taken of: RFC 8785 (JCS).
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace sightline::api {

// No blanks; members in the order of their names' UTF-16 code units; numbers as ECMAScript writes
// doubles; only what must be is escaped. Beyond RFC 8785, as its appendix D advises: whole numbers
// beyond 2^53, which doubles do not hold exactly, become strings of their digits. What this returns
// is canonical by the letter of the RFC, and is returned unchanged when it is given again.
// Errors: kInvalidArgument for anything but one JSON value in UTF-8, nested at most 16 deep,
// without repeated members.
Result<std::string> CanonicalJson(std::string_view json);

}  // namespace sightline::api
