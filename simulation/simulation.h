// The city in motion: every pass of every vehicle before a camera, in the order in which cameras
// report them.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "core/error.h"
#include "simulation/city.h"
#include "simulation/drive.h"
#include "simulation/itinerary.h"
#include "simulation/observation.h"
#include "simulation/options.h"
#include "simulation/population.h"

namespace sightline::simulation {

// Operation: time goes on in slices. In each one the vehicles that set out in it drive their trip
// to its end, and their passes wait until their own slice; what has arrived by a slice's end is
// given out.
//
// Memory: some 150 bytes a vehicle and 48 bytes for each pass of the trips under way, however many
// days there are.
//
// Concurrency: not thread-safe. Passes come in the same order whatever is done with them.
class Simulation {
 public:
  // `options` are valid and outlive the object, as `city` does.
  Simulation(const SimulationOptions& options, City& city);

  // The passes of the next slice, sorted by arrival; may be none. False when the last day is over.
  // Passes from the end of the last day on are not made.
  bool Next(std::vector<ArrivedPass>& passes);

  // How far it has come, and how far it goes.
  CityTime now() const { return slice_ * kSlice; }
  CityTime end() const { return options_.days * kCityDay; }

  // Passes of trips under way, not given out yet.
  size_t waiting() const;

  const Population& population() const { return population_; }
  const City& city() const { return city_; }

 private:
  static constexpr CityTime kSlice = kMinute;
  static constexpr CityTime kLatest = 60 * kSecond;  // after a pass, its reading has arrived

  void Schedule(uint32_t vehicle);
  void Store(const Pass& pass);

  const SimulationOptions& options_;
  City& city_;
  Population population_;
  Itineraries itineraries_;
  Driver driver_;

  struct Traveller {
    LifeState state;
    PlannedTrip trip;         // the next one
    uint32_t next = kNobody;  // who sets out in the same slice
  };
  std::vector<Traveller> travellers_;
  std::vector<uint32_t> setting_out_;  // by slice: the first of those who do

  std::deque<std::vector<ArrivedPass>> waiting_;  // by slice of arrival, from slice_ on
  CityTime slice_ = 0;
  std::vector<Pass> driven_;        // of one trip; kept for its memory
  std::vector<uint32_t> readings_;  // of each camera so far
};

// How many readings a vehicle makes on average in the whole time, from a sample of the same city.
// 0 where none is seen.
double ReadingsPerVehicle(const SimulationOptions& options, City& city);

}  // namespace sightline::simulation
