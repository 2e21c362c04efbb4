// A city at rest: roads, lights, cameras, places.
#pragma once

#include <memory>

#include "core/error.h"
#include "simulation/camera_network.h"
#include "simulation/options.h"
#include "simulation/places.h"
#include "simulation/road_graph.h"
#include "simulation/route_table.h"
#include "simulation/traffic.h"

namespace sightline::simulation {

// Not thread-safe: routes are found as they are asked for.
struct City {
  // kInvalidArgument for options out of range, a road file that cannot be read, or roads with no
  // room for the cameras.
  static Result<City> Build(const SimulationOptions& options);

  std::unique_ptr<const RoadGraph> roads;  // the others refer to it
  Traffic traffic;
  CameraNetwork cameras;
  Places places;
  RouteTable routes;
};

}  // namespace sightline::simulation
