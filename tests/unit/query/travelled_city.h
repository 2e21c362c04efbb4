// A simulated city as travel times are learned from it: readings plate by plate, with the truth of
// who drove.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/camera.h"
#include "core/sighting.h"
#include "core/time_zone.h"
#include "query/plate_readings.h"
#include "query/travel_times.h"
#include "simulation/options.h"
#include "tests/support/filled_store.h"

namespace sightline::testing {

struct TravelReading {
  query::PlateReading reading;
  uint32_t vehicle = 0;
  uint32_t trip = 0;  // of the vehicle, from 1
  bool misread = false;
  bool camera_at_fault = false;  // its clock or its place is wrong
};

class TravelledCity {
 public:
  // Every reading that bears a plate. Camera numbers are those of the simulation, from 0.
  explicit TravelledCity(const simulation::SimulationOptions& options);

  // By plate as read, each in order of time.
  const std::map<std::string, std::vector<TravelReading>>& plates() const { return plates_; }
  const std::vector<Sighting>& sightings() const { return sightings_; }  // in order of arrival
  size_t cameras() const { return clock_offsets_s_.size(); }
  double clock_offset_s(uint32_t camera) const { return clock_offsets_s_[camera]; }
  Day first_day() const { return first_day_; }
  Day last_day() const { return last_day_; }

  // The model learned from all days but those after `last`.
  std::shared_ptr<const query::TravelTimes> LearnUpTo(Day last) const;

 private:
  std::map<std::string, std::vector<TravelReading>> plates_;
  std::vector<Sighting> sightings_;
  std::vector<double> clock_offsets_s_;
  Day first_day_;
  Day last_day_;
};

// 2024-03-04, a Monday, in Shanghai; without vectors.
simulation::SimulationOptions TravelOptions(uint64_t vehicles, int cameras, int days,
                                            uint64_t seed);
TimeZone Shanghai();

}  // namespace sightline::testing
