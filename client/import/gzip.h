// Compresses request bodies.
#pragma once

#include <string>
#include <string_view>

namespace sightline::client {

// One gzip member, at the fastest level: the point is a slow link, not a small archive.
std::string Gzip(std::string_view bytes);

}  // namespace sightline::client
