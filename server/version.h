// The version of this build; CMake's project() gives it.
#pragma once

#include <string_view>

namespace sightline::server {

inline constexpr std::string_view kVersion = SIGHTLINE_VERSION;

}  // namespace sightline::server
