// What a browser is told to allow the console.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/console/options.h"

namespace sightline::server {

// The value of Content-Security-Policy: everything from this origin alone, nothing inline, no form,
// no frame around it; beside it the origins that the options name. `options` have been checked.
std::string ContentSecurityPolicy(const ConsoleOptions& options);

// The headers of every answer under /console/: that policy, no referrer, none of the device's
// sensors, a browsing context of its own.
std::vector<std::pair<std::string, std::string>> SecurityHeaders(const ConsoleOptions& options);

}  // namespace sightline::server
