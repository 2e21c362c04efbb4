// Turns a pass into what a camera sends, and says what is wrong with that.
#pragma once

#include <memory>
#include <string>

#include "core/sighting.h"
#include "simulation/appearance.h"
#include "simulation/city.h"
#include "simulation/drive.h"
#include "simulation/misread_model.h"
#include "simulation/options.h"
#include "simulation/population.h"

namespace sightline::simulation {

// A pass on its way out: seen, and in which order.
struct ArrivedPass {
  Pass pass;
  CityTime arrival = 0;  // when the camera's message reached the server
  bool missed = false;   // no reading was made of it
  uint32_t number = 0;   // of the camera's readings, from 1; 0: missed
};

struct ReadingFlags {
  bool misread = false;
  bool unread = false;
  bool wrong_clock = false;     // the time is off
  bool wrong_position = false;  // the camera is registered elsewhere
  bool attribute_error = false;

  bool deviates() const {
    return misread || unread || wrong_clock || wrong_position || attribute_error;
  }
};

// Whether a pass yields a reading at all, and when that arrives. Depends on the pass alone.
bool IsMissed(const SimulationOptions& options, const Pass& pass);
CityTime ArrivalOf(const SimulationOptions& options, const Pass& pass);

// Immutable; thread-safe: readings may be made on several threads.
class Observer {
 public:
  // All outlive the observer.
  Observer(const SimulationOptions& options, const City& city, const Population& population);

  // The reading of a pass that was not missed. Replaces `sighting` whole, reusing its memory.
  ReadingFlags Read(const ArrivedPass& pass, Sighting& sighting) const;

 private:
  void ReadPlate(const Vehicle& vehicle, const ArrivedPass& pass, Random& random,
                 ReadingFlags& flags, Sighting& sighting) const;
  bool ReadAttributes(const Vehicle& vehicle, Random& random, Sighting& sighting) const;

  const SimulationOptions& options_;
  const City& city_;
  const Population& population_;
  MisreadModel misreads_;
  AppearanceModel vehicle_space_;
  AppearanceModel detail_space_;
};

}  // namespace sightline::simulation
