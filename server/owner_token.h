// The token that a new server is first entered with.
#pragma once

#include <filesystem>
#include <iosfwd>

#include "core/error.h"
#include "server/auth.h"

namespace sightline::server {

// Makes an owner token unless one is in force. Its text goes to `file` (made with mode 0600, never
// overwritten), or once to `out` where `file` is empty. A file that holds a token already, left by
// a start that was cut off or put there by the operator, is taken as it is. Errors:
// kInvalidArgument when the file may be read by others, is not ours, or holds something else; kIo
// when it cannot be written; storage errors.
Status EnsureOwnerToken(Auth& auth, const std::filesystem::path& file, std::ostream& out);

}  // namespace sightline::server
