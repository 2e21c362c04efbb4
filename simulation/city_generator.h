// Makes up a city: a grid of streets with arterials, ring expressways and gates to the outside.
#pragma once

#include "core/error.h"
#include "simulation/options.h"
#include "simulation/road_graph.h"

namespace sightline::simulation {

// A city with room for `cameras` cameras: about two and a half junctions for each. Blocks are some
// 280 m in the centre and grow outwards; every fourth street is an arterial; two expressways ring
// the centre; some local streets are one-way or missing. Its place and its roads' names suit the
// plates: Beijing's neighbourhood or California's. The same arguments give the same city.
Result<RoadGraph> GenerateCity(uint64_t seed, int cameras, PlateScheme scheme);

}  // namespace sightline::simulation
