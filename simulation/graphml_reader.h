// Real roads: GraphML as OSMnx writes it.
#pragma once

#include <string>

#include "core/error.h"
#include "simulation/road_graph.h"

namespace sightline::simulation {

// Reads a GraphML file, plain or gzip: nodes with x and y (degrees), directed edges with "length"
// (metres) and, where they are there, "highway", "maxspeed" (km/h, or with "mph"), "lanes", "name".
// Ways that no car may use (footways, steps, ...) are left out; a missing speed or number of lanes
// is what is usual for the class of road.
// Errors: kInvalidArgument naming the file, and the line where the XML or a value is at fault.
Result<RoadGraph> ReadGraphMl(const std::string& path);

}  // namespace sightline::simulation
