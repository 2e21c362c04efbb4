// What a vehicle cannot have done: been in two places with too little time between them.
#pragma once

#include <optional>

#include "core/geo.h"
#include "core/sighting.h"

namespace sightline::query {

// The bound until travel times are known: the great circle at a speed that no vehicle keeps up. No
// road is shorter than the great circle, so that what is called impossible is so, slack aside; not
// everything that is called possible is. All are finite and not negative.
struct TravelBound {
  Kmh max_speed{180};
  // Clocks and positions of cameras are not exact: as much is allowed for.
  double slack_s = 10;
  Meters slack{200};
};

struct TravelVerdict {
  bool possible = true;    // also where a place is not known
  Meters distance;         // along the great circle; 0 where a place is not known
  double gap_s = 0;        // between the two sightings, without sign
  std::optional<Kmh> required;  // distance over gap; none where the gap is zero or a place unknown
};

// Possible: (distance - slack) <= max_speed * (gap + slack_s). Which of the two came first does not
// matter, nor on which days. Thread-safe.
TravelVerdict JudgeTravel(const TravelBound& bound, const Sighting& a, const Sighting& b);

// The same of what such a question is made of: the way between the two places, none where one is not
// known, and the time between the two sightings, not negative.
TravelVerdict JudgeTravel(const TravelBound& bound, const std::optional<Meters>& distance,
                          double gap_s);

// The least time for the distance, in seconds: slack_s aside, which is for the clocks.
double LeastSeconds(const TravelBound& bound, Meters distance);

}  // namespace sightline::query
