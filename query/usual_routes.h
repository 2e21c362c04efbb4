// Usual routes: the ways that a vehicle takes again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/time_zone.h"
#include "query/plate_readings.h"
#include "query/trips.h"

namespace sightline::query {

struct UsualRoute {
  std::vector<uint32_t> cameras;   // numbers, in the order of passing: those most trips were seen by
  std::optional<uint32_t> from;    // the resting places it mostly joins, as given
  std::optional<uint32_t> to;
  uint32_t trips = 0;
  uint32_t days = 0;               // local days
  int64_t departs_ms = 0;          // local time of day of the first reading, the circular median
  double median_s = 0;             // from the first reading to the last
  std::vector<size_t> trip_numbers;  // its trips, by index, ascending

  bool operator==(const UsualRoute&) const = default;
};

// From which resting place a trip came and to which it led.
struct TripEnds {
  std::optional<uint32_t> from;
  std::optional<uint32_t> to;
};

inline constexpr double kSameRoute = 0.7;
inline constexpr size_t kMostRoutes = 200;

struct UsualRouteOptions {
  uint32_t least_days = 2;
  size_t most = 20;
};

// The routes of `trips` (whose `ends` are given, as many), those of most days first.
//
// Method: trips of three cameras or more join the first route, the longer ones being looked at first,
// with whose first trip they share a common subsequence of cameras of at least kSameRoute of their
// mean length, so that passes that were not read, and mobile cameras, do not split a route. A route
// lists the cameras of its trip that has most in common with the others, less those that fewer than
// half of the trips passed. At most kMostRoutes are kept apart (taxis).
std::vector<UsualRoute> FindUsualRoutes(std::span<const PlateReading> readings,
                                        std::span<const TripRange> trips,
                                        std::span<const TripEnds> ends, const TimeZone& zone,
                                        const UsualRouteOptions& options = {});

}  // namespace sightline::query
