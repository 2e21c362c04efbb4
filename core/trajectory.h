// The values that a replayed plate is made of.
#pragma once

#include <cstdint>
#include <vector>

#include "core/geo.h"
#include "core/sighting.h"
#include "core/time.h"

namespace sightline {

// A reading and the trip (from 1) that it belongs to. Trips are numbered over the whole window, so
// a page's numbers do not depend on where the page starts.
struct TrajectoryPoint {
  StoredSighting sighting;
  uint64_t trip = 0;
};

// A trip of two or more readings. Its line runs over the readings that have a place, and is empty
// where fewer than two have one.
struct Trip {
  uint64_t number = 0;
  TimestampMs from;  // of its first reading
  TimestampMs to;    // of its last reading
  std::vector<Position> line;
  std::vector<TimestampMs> times;  // of each position of the line
  Meters length;                   // along the line, great circles
};

}  // namespace sightline
