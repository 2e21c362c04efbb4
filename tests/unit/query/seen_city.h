// A simulated city in a store, with the truth of who was seen: the yardstick for similarities.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "core/sighting.h"
#include "core/vector_space.h"
#include "query/similarity.h"
#include "simulation/options.h"
#include "tests/support/filled_store.h"

namespace sightline::testing {

struct SeenReading {
  Sighting sighting;
  uint32_t vehicle = 0;  // the one that really passed
};

class SeenCity {
 public:
  // Every reading of the simulated city.
  explicit SeenCity(const simulation::SimulationOptions& options);

  const std::vector<SeenReading>& readings() const { return readings_; }

  // Puts all readings into a store, `change` applied to each before (null: as they are).
  void Fill(FilledStore& store, const std::function<void(Sighting&)>& change) const;

 private:
  std::vector<SeenReading> readings_;
};

// A pair of readings as a model sees it, and whether the vehicle is the same.
struct JudgedPair {
  double distance = 0;
  bool same = false;
};

// Random readings with another one of the same vehicle, and as many times `others` with one of
// another vehicle.
std::vector<JudgedPair> DrawPairs(const SeenCity& city, const VectorSpace& space,
                                  const std::function<std::string(const Sighting&)>& vector,
                                  size_t same, size_t others, std::mt19937_64& random);

// How far probabilities are from what came true: the mean over ten bins of probability of the
// difference between the mean probability and the share of same vehicles, weighted by what the bins
// hold (expected calibration error: Naeini, Cooper, Hauskrecht, AAAI 2015). The pairs of other
// vehicles weigh `others` times as much in all as those of the same; pairs with a probability below
// `least` are left out.
double CalibrationError(std::span<const JudgedPair> pairs, double others, double least,
                        const std::function<double(double distance)>& probability);

}  // namespace sightline::testing
