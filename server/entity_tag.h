// ETag, and the conditions that clients make of it.
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

// Whether an If-None-Match header's value says that the client has what `tag` (as in ETag, quotes
// and "W/" included) names: "*", or a list with it; weak and strong tags are alike here (section
// 13.1.2). False where it is empty.
bool IfNoneMatchHits(std::string_view if_none_match, std::string_view tag);

}  // namespace sightline::server
