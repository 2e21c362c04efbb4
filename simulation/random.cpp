#include "simulation/random.h"

#include "simulation/portable_math.h"

namespace sightline::simulation {

double Random::Normal() {
  // Twelve uniforms of 16 bits have a sum of mean 6 and variance 1 (Irwin-Hall).
  uint64_t sum = 0;
  for (int draw = 0; draw < 3; ++draw) {
    const uint64_t bits = Next();
    sum += (bits & 0xffff) + ((bits >> 16) & 0xffff) + ((bits >> 32) & 0xffff) + (bits >> 48);
  }
  return (static_cast<double>(sum) + 6) * 0x1p-16 - 6;
}

double Random::Exponential() { return -Log(1 - Uniform()); }

size_t Random::Pick(std::span<const double> weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  double left = Uniform() * total;
  size_t last = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0) continue;
    last = i;
    if (left < weights[i]) return i;
    left -= weights[i];
  }
  return last;
}

}  // namespace sightline::simulation
