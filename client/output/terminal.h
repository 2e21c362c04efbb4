// What the place that we write to can show.
#pragma once

#include <cstdio>

namespace sightline::client {

bool IsTerminal(std::FILE* stream);

// Whether to colour: a terminal that is not "dumb", and NO_COLOR (no-color.org) is not set.
bool UseColor(std::FILE* stream);

}  // namespace sightline::client
