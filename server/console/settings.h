// What the console must know before anybody has signed in: /console/config.json.
#pragma once

#include <string>
#include <string_view>

#include "server/console/options.h"

namespace sightline::server {

inline constexpr std::string_view kBasemapPath = "/console/basemap.pmtiles";

// As JSON (docs/api.md has its members). Holds nothing that not everybody may know.
std::string ConsoleSettings(const ConsoleOptions& options, std::string_view time_zone);

}  // namespace sightline::server
