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

// What speaks for a vehicle being genuine: it was there first, and its life leaves traces. Who
// copies a plate starts later, drives when it pays, and keeps no habits.
struct VehicleHabits {
  size_t readings = 0;
  TimestampMs first;
  TimestampMs last;
  std::vector<double> gaps_days;  // between each reading and the next
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

// ln of how much likelier a clone is than the genuine vehicle to be seen first so many days after the
// first reading of all, `days` having passed in all. The genuine vehicle was there before: of an
// instant of its life the time to its next reading has the density P(gap > x) / mean gap (the residual
// life of renewal theory), the gaps being its own. A clone was there before too, or began at any time
// since.
double LateStartEvidence(const VehicleHabits& vehicle, double late_days, double days);

// What can be seen of whether a vehicle's papers are its own; none: unknown.
struct VehiclePapers {
  std::optional<bool> fits_plate;  // its looks agree with the plate's colour
  std::optional<bool> sticker;     // it bears an inspection sticker, most of its readings say
};

// Both of one length. `probability` is that of `vehicle`, all being equally likely before.
GenuineGuess GuessGenuine(std::span<const VehicleHabits> vehicles,
                          std::span<const VehiclePapers> papers);

}  // namespace sightline::query
