// How recognisers get plates wrong, and how sure they say they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "simulation/options.h"
#include "simulation/random.h"

namespace sightline::simulation {

// Each camera has its own leanings: of the characters that may be taken for each other, which are.
// Immutable; thread-safe.
class MisreadModel {
 public:
  MisreadModel(uint64_t seed, PlateScheme scheme) : seed_(seed), scheme_(scheme) {}

  // Another text than `plate`: one error in 88 of 100, two in 11, else three. An error is a
  // substitution (88 of 100; nine in ten of these by the table of confusions, else any character of
  // the kind), a loss (7) or an insertion (5).
  std::string Misread(std::string_view plate, uint32_t camera, Random& random) const;

  // In [0.3, 1], three decimals. Those of right and wrong readings overlap: the mean is 0.94
  // against 0.78, and a third of the wrong ones say more than 0.85.
  static double Confidence(bool right, Random& random);

 private:
  std::string_view Substitute(std::string_view character, uint32_t camera, Random& random) const;

  uint64_t seed_;
  PlateScheme scheme_;
};

}  // namespace sightline::simulation
