// Which readings of a plate one vehicle made: misreads of other plates, readings by wrong clocks and
// passes of a second vehicle set aside.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "query/camera_map.h"
#include "query/plate_readings.h"
#include "query/travel_times.h"

namespace sightline::query {

inline constexpr double kUnseenSpacings = 2.5;
inline constexpr double kLostSpacings = 6;
inline constexpr double kLostFromView = 0.8;
inline constexpr double kImpossible = 2.5;
inline constexpr size_t kReach = 24;

// The indices of the readings that are kept, ascending; `readings` in order of time.
//
// Method: the cheapest chain through the readings. To leave one out costs 1. To go from a reading to
// the next one kept costs as much as it is unlikely that a vehicle did so unseen: nothing where
// the two places are at most kUnseenSpacings apart (in units of the spacing of cameras there), rising
// to kLostFromView, and kImpossible where TravelTimes says that no vehicle can have. So a lone
// reading from the other end of the town, however possible, is left out, while a trip of several
// readings to there is kept. A chain may leave out kReach readings in a row.
std::vector<size_t> CredibleReadings(std::span<const PlateReading> readings,
                                     const TravelTimes& travel_times, const CameraMap& cameras);

}  // namespace sightline::query
