// Where a vehicle goes next: its habits, day by day.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "simulation/options.h"
#include "simulation/places.h"
#include "simulation/population.h"
#include "simulation/route_table.h"
#include "simulation/traffic.h"

namespace sightline::simulation {

struct PlannedTrip {
  CityTime depart = 0;
  uint32_t to = 0;     // node
  bool joint = false;  // with the vehicle's convoy
};

// Where a vehicle is in its life. Starts as given here, with `place` its home.
struct LifeState {
  uint32_t place = 0;    // node where it stands
  CityTime free_at = 0;  // not before this does it drive on
  uint16_t day = 0;      // of the plan that it follows
  uint16_t step = 0;     // the next trip of that plan
  uint32_t trips = 0;    // made so far
};

// Plans are made of numbers keyed by vehicle and day, so that none has to be kept: the same
// question gives the same answer. Immutable; thread-safe.
class Itineraries {
 public:
  // All outlive the object.
  Itineraries(const SimulationOptions& options, const Places& places, const Population& population,
              const Traffic& traffic)
      : options_(options), places_(places), population_(population), traffic_(traffic) {}

  // The vehicle's next trip, and `state` advanced past it but for `place`, `free_at` and `trips`,
  // which are the driver's to set. nullopt when none departs before the simulation ends.
  std::optional<PlannedTrip> Next(uint32_t vehicle, LifeState& state) const;

 private:
  static constexpr size_t kMaxTrips = 16;
  struct DayPlan {
    std::array<PlannedTrip, kMaxTrips> trips;
    size_t size = 0;
    void Add(CityTime depart, uint32_t to);
  };

  bool MovesOn(uint32_t vehicle, int day) const;
  DayPlan Plan(uint32_t vehicle, int day) const;
  void PlanCommute(const Vehicle& vehicle, uint32_t number, Random& random, DayPlan& plan) const;
  void PlanErrands(uint32_t number, uint32_t home, double from_hour, double to_hour, int errands,
                   Random& random, DayPlan& plan) const;
  void PlanNight(uint32_t number, uint32_t home, Random& random, DayPlan& plan) const;
  void PlanDeliveries(uint32_t number, uint32_t home, Random& random, DayPlan& plan) const;
  void PlanVisit(const Vehicle& vehicle, int day, Random& random, DayPlan& plan) const;
  void PlanConvoy(const Vehicle& vehicle, int day, DayPlan& plan) const;
  std::optional<PlannedTrip> NextRide(uint32_t number, const LifeState& state) const;
  uint32_t Favourite(uint32_t number, Random& random) const;

  const SimulationOptions& options_;
  const Places& places_;
  const Population& population_;
  const Traffic& traffic_;
};

}  // namespace sightline::simulation
