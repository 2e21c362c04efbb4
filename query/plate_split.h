// Splits the readings of one plate into the vehicles that bear it.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"

namespace sightline::query {

inline constexpr int kForeign = -1;  // of no vehicle that bears the plate
inline constexpr int kAnyVehicle = -2;

// All weights are natural logarithms of likelihood ratios against a reading that is a stranger's:
// at any time and place, with any looks. Readings are numbered in order of time.
struct SplitQuestion {
  size_t readings = 0;
  int max_vehicles = 2;
  // Of reading b being the next of a vehicle whose last was a (a < b); -infinity where no vehicle
  // can have made both.
  std::function<double(size_t a, size_t b)> link;
  std::vector<double> foreign;  // of each reading: the expected number of strays like it
  std::vector<double> open;     // of the first reading of a vehicle, by how many there are already
  // By reading and vehicle: how well it looks like it. Empty: nothing is known.
  std::vector<std::vector<double>> looks;
  std::vector<int> known;  // by reading: the vehicle that it surely is of; empty: none is known
};

struct Split {
  std::vector<int> vehicles;  // by reading; kForeign
  double score = -std::numeric_limits<double>::infinity();
};

// The likeliest split: a minimum-cost cover of the readings by chains, each of which is one
// vehicle's. Found by a beam search over the readings in order of time; a state is the last reading
// of each vehicle, of equal states the best is kept, and of all the best `beam`, without those that are
// hopelessly behind: exact while no more states than that come up. Deterministic.
// Time: readings * beam * vehicles.
Result<Split> SplitPlate(const SplitQuestion& question, size_t beam,
                         const Cancellation& cancellation);

}  // namespace sightline::query
