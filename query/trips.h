// The trips of one vehicle: its readings cut where it stopped.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "query/plate_readings.h"
#include "query/travel_times.h"

namespace sightline::query {

// Readings [begin, end) of those that were cut; never empty.
struct TripRange {
  size_t begin = 0;
  size_t end = 0;

  bool operator==(const TripRange&) const = default;
};

// Whether the vehicle stopped between two readings that follow each other: the gap exceeds
// TravelTimes::StopGapSeconds.
bool EndsTrip(const PlateReading& last, const PlateReading& next, const TravelTimes& travel_times);

// Cuts readings in order of time wherever EndsTrip says so. Every reading is in one trip.
std::vector<TripRange> CutIntoTrips(std::span<const PlateReading> readings,
                                    const TravelTimes& travel_times);

}  // namespace sightline::query
