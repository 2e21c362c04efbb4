// Percent-encoding for headers.
#pragma once

#include <string>
#include <string_view>

namespace sightline::server {

// Everything but RFC 3986's unreserved characters as %XX.
std::string PercentEncode(std::string_view text);

}  // namespace sightline::server
