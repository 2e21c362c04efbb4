// How a reading fits the plate that was asked for.
#pragma once

namespace sightline::query {

struct PlateMatch {
  double probability = 0;  // [0, 1] that the reading is of the plate asked for
  int differences = 0;     // characters inserted, lost or changed

  bool operator==(const PlateMatch&) const = default;
};

}  // namespace sightline::query
