// Number plates that look like real ones, no two vehicles' the same.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "simulation/options.h"
#include "simulation/random.h"

namespace sightline::simulation {

enum class PlateUse { kLocal, kNewEnergy, kLarge, kVisitor };

// Hands out plates in the order of vehicles; the n-th depends on the seed and on those before it.
// Memory: about 40 bytes a plate while it lives. Not thread-safe.
class PlateOffice {
 public:
  PlateOffice(uint64_t seed, PlateScheme scheme) : seed_(seed), scheme_(scheme) {}

  // A plate that was never given before.
  std::string Issue(uint64_t vehicle, PlateUse use);

  // A plate that was never given before and differs from `plate` in one character that recognisers
  // confuse with it. Empty when there is none left.
  std::string IssueNeighbour(uint64_t vehicle, const std::string& plate);

 private:
  std::string Draw(Random& random, PlateUse use) const;
  bool Take(const std::string& plate);

  uint64_t seed_;
  PlateScheme scheme_;
  std::unordered_set<uint64_t> taken_;  // hashes; asked for membership only, never walked
};

}  // namespace sightline::simulation
