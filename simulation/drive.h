// Drives trips over the roads, past cameras.
#pragma once

#include <cstdint>
#include <vector>

#include "simulation/camera_network.h"
#include "simulation/itinerary.h"
#include "simulation/population.h"
#include "simulation/road_graph.h"
#include "simulation/route_table.h"
#include "simulation/traffic.h"

namespace sightline::simulation {

// A vehicle in front of a camera: what really happened.
struct Pass {
  CityTime time = 0;  // true
  uint32_t vehicle = 0;
  uint32_t camera = 0;
  uint32_t trip = 0;        // of the vehicle, from 1
  uint16_t speed_dkmh = 0;  // tenths of km/h
  uint8_t lane = 1;
  bool joint = false;  // on a trip with its convoy
};

// Concurrency: not thread-safe (routes are computed as they are asked for).
class Driver {
 public:
  // All outlive the driver.
  Driver(const SimulationOptions& options, const RoadGraph& graph, const Traffic& traffic,
         const CameraNetwork& cameras, const Population& population, RouteTable& routes);

  // Drives the vehicle's next trip: appends its passes in the order of time, and sets place,
  // free_at and trips of `state`. Sets out when the trip says, or some minutes after the vehicle is
  // free.
  //
  // The position is a continuous function of time and never faster than 130 km/h; members of a
  // convoy follow their leader's drive at a changing distance, never faster than 155 km/h.
  void Drive(uint32_t vehicle, const PlannedTrip& trip, LifeState& state,
             std::vector<Pass>& passes);

 private:
  struct Temper {
    double speed = 1;  // share of what others drive
    RouteStyle style = RouteStyle::kFree;
  };
  // Appends passes of whoever drives from `from` to `to`; the time of arrival.
  CityTime Follow(uint32_t from, uint32_t to, CityTime depart, const Temper& temper, Random& random,
                  std::vector<Pass>& passes) const;
  RouteStyle StyleOf(uint32_t vehicle, uint32_t to, CityTime depart, Random& random) const;
  // Turns the leader's passes from `first` on into those of a follower; the follower's arrival.
  CityTime FallBehind(const Vehicle& vehicle, CityTime depart, size_t first, CityTime arrival,
                      std::vector<Pass>& passes) const;

  const SimulationOptions& options_;
  const RoadGraph& graph_;
  const Traffic& traffic_;
  const CameraNetwork& cameras_;
  const Population& population_;
  RouteTable& routes_;
};

}  // namespace sightline::simulation
