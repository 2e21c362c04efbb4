// Which of the vehicles that bear a plate is likely the one it was issued to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/geo.h"
#include "query/track_reading.h"
#include "query/travel_times.h"

namespace sightline::query {

// What speaks for a vehicle being genuine: a life that leaves traces. Who copies a plate starts
// later, drives when it pays, and keeps no habits.
struct VehicleHabits {
  size_t readings = 0;
  TimestampMs first;
  TimestampMs last;
  int active_days = 0;     // UTC days with a reading
  double night_share = 0;  // of readings, 22:00 to 5:00 by the sun at the place
  // Where it rests most often, and the share of its rests that are there.
  std::optional<Position> home;
  double home_share = 0;
  size_t rests = 0;
  double regularity = 0;   // the share of its days on which it leaves at its usual hour, [0, 1]
};

// `readings`: of one vehicle, in order of time.
VehicleHabits HabitsOf(std::span<const TrackReading> readings, const TravelTimes& travel_times);

struct GenuineGuess {
  std::optional<size_t> vehicle;  // none: nothing tells them apart
  double probability = 0;
  std::vector<std::vector<std::string>> reasons;  // by vehicle; English
};

// `fits_plate[v]`: whether the vehicle's looks agree with the plate itself (its colour tells
// electric cars and large vehicles); none: unknown.
GenuineGuess GuessGenuine(std::span<const VehicleHabits> vehicles,
                          std::span<const std::optional<bool>> fits_plate);

}  // namespace sightline::query
