// ETag and If-Match of what has a revision.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sightline::server {

// The strong tag of a revision, quoted: "\"7\"".
std::string EntityTag(uint64_t revision);

// Whether an If-Match header's value lets a change of this revision through (RFC 9110, section
// 13.1.1): it is missing, "*", or a list with the revision's tag. Weak tags match nothing.
bool IfMatchHolds(std::string_view if_match, uint64_t revision);

}  // namespace sightline::server
