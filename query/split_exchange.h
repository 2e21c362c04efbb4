// Improves a split of a plate's readings by what vehicles keep to: their roads, places and looks.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"

namespace sightline::query {

// Something that a vehicle's readings have in common: where it parks, when it leaves, its colour.
struct SplitTrait {
  // Which readings it is counted over.
  enum class Counted { kAll, kAtStops, kAfterStops };

  std::vector<int> values;  // by reading: which one; negative: none
  Counted counted = Counted::kAll;
  double weight = 1;         // of the evidence; below 1 where readings repeat each other
  double concentration = 1;  // of the prior: how many readings the shares of all vehicles count as
};

// Readings are numbered in order of time.
struct ExchangeQuestion {
  // As SplitQuestion's.
  std::function<double(size_t a, size_t b)> link;
  // Whether the vehicle stopped between its reading a and its next one b.
  std::function<bool(size_t a, size_t b)> is_stop;
  std::vector<SplitTrait> traits;
};

// What a split is worth: its links, and the traits' marginal likelihood (each vehicle has shares of
// its own, drawn from a Dirichlet distribution around those of all; Polya, 1930).
double ExchangeScore(const ExchangeQuestion& question, const std::vector<int>& vehicles);

// Space and time tell two vehicles apart at every moment but not over days: where both were parked
// side by side, or crossed unseen, chains may go on with the wrong one, and nothing after shows it.
// Operation: two vehicles exchange what they did between two instants, the exchange that helps most
// first, until none helps. `vehicles` as Split's; strays stay strays, and no vehicle loses its last
// reading. Deterministic. Returns the score reached.
// Time: rounds * pairs of vehicles * instants * readings.
Result<double> ExchangeStretches(const ExchangeQuestion& question, std::vector<int>& vehicles,
                                 const Cancellation& cancellation);

}  // namespace sightline::query
