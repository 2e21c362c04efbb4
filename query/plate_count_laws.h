// How often real plates and misreads are read: the laws that ranking and learning share.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace sightline::query {

// Real plates' numbers of readings are spread about evenly over orders of magnitude, four of them.
inline double RealCountProbability(double n) {
  constexpr double kCountSpread = 9.8;  // 1 + 1/2 + ... + 1/10,000
  return 1 / (n * kCountSpread);
}

// P(n | a Gamma mixture, of that shape, of Poisson laws with that mean): negative binomial.
inline double NegativeBinomial(double n, double mean, double shape) {
  if (mean <= 0) return n == 0 ? 1 : 0;
  return std::exp(std::lgamma(n + shape) - std::lgamma(shape) - std::lgamma(n + 1) +
                  shape * std::log(shape / (shape + mean)) + n * std::log(mean / (shape + mean)));
}

// The share of strings that are misread more often than the model says: it does not know the
// confusion yet, the fewer misreads it has seen the likelier, or one camera leans to it and a vehicle
// passes there every day.
inline double SurpriseShare(double misreads_seen) {
  constexpr double kOfCameras = 0.06;
  constexpr double kUnknown = 0.14;
  constexpr double kMisreads = 100;
  return kOfCameras + kUnknown * kMisreads / (kMisreads + misreads_seen);
}

// How many misreads a string that is no plate should have, from all plates that it may be misread of.
class ExpectedMisreads {
 public:
  explicit ExpectedMisreads(double background) : known_(background) { surprising_.fill(background); }

  // `misreads` of a plate, each of which is this string with `probability`, by what the model knows.
  // It may be more, but hardly any one confusion makes more than a tenth of a plate's misreads.
  void Add(double misreads, double probability) {
    constexpr double kMost = 0.1;
    known_ += misreads * probability;
    for (size_t i = 0; i < kSurprises.size(); ++i) {
      surprising_[i] +=
          misreads * std::max(probability, std::min(kMost, kSurprises[i] * probability));
    }
  }

  double known() const { return known_; }

  // P(read n times). Misreads of one plate as one other scatter more than Poisson's law says, since a
  // plate passes the same cameras again.
  double Probability(double n, double surprise_share) const {
    constexpr double kShape = 1.5;
    double probability = (1 - surprise_share) * NegativeBinomial(n, known_, kShape);
    for (const double expected : surprising_) {
      probability += surprise_share / static_cast<double>(kSurprises.size()) *
                     NegativeBinomial(n, expected, kShape);
    }
    return probability;
  }

 private:
  static constexpr std::array<double, 2> kSurprises = {8, 50};
  double known_;
  std::array<double, 2> surprising_;
};

}  // namespace sightline::query
