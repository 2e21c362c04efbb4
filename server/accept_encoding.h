// Accept-Encoding (RFC 9110, 12.5.3).
#pragma once

#include <string_view>

namespace sightline::server {

// Whether the header prefers `coding` ("gzip", "br") to no encoding at all.
bool PrefersEncoding(std::string_view accept_encoding, std::string_view coding);

}  // namespace sightline::server
