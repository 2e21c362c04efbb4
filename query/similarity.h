// How likely a match is the vehicle that was asked for, by its distance alone.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/sighting.h"
#include "core/time.h"
#include "core/vector_space.h"

namespace sightline::query {

// The others that a similarity reckons with for each candidate of the wanted vehicle. A distance
// alone does not tell how likely a vehicle is the same: that takes how many others there are. So a
// similarity of 0.5 means: as likely another reading of the same vehicle as one of a hundred
// readings of other vehicles taken at random. Among look-alikes, of which an image search finds
// many, one in a hundred serves better than one in two, by which too many of them would be near 1;
// and it is what a sample of some thousand readings can tell (docs/decisions/0064-similarity.md).
// For another number of others, odds are in proportion: odds(n) = odds * kOtherCandidates / n.
inline constexpr double kOtherCandidates = 100;

// What a model was learned from.
struct SimilarityBasis {
  uint64_t plates = 0;       // that gave pairs of readings
  uint64_t same_pairs = 0;   // of readings of one plate
  uint64_t other_pairs = 0;  // of readings of different plates
  TimestampMs learned_at;
  Sequence learned_as_of = 0;

  bool operator==(const SimilarityBasis&) const = default;
};

// Log-odds of the same vehicle (natural logarithm) at a distance.
struct SimilarityKnot {
  double distance = 0;  // the metric's own
  double log_odds = 0;

  bool operator==(const SimilarityKnot&) const = default;
};

// P(same vehicle | distance) of one space: a continuous curve that never rises with distance.
// Immutable; thread-safe.
class SimilarityModel {
 public:
  // What is assumed until something is learned: a logistic curve in the distance, from the ranges
  // that the element, the metric and the dimensions suggest. Right in order, a guess in height.
  static SimilarityModel Default(const VectorSpace& space);

  // At least one knot; distances ascend strictly, log-odds never rise; all finite.
  SimilarityModel(std::vector<SimilarityKnot> knots, const SimilarityBasis& basis);

  // In (0, 1). Log-odds are linear between knots, and beyond the last ones as at these.
  double Similarity(double distance) const;

  // None: the default.
  const std::optional<SimilarityBasis>& basis() const { return basis_; }
  const std::vector<SimilarityKnot>& knots() const { return knots_; }

 private:
  explicit SimilarityModel(std::vector<SimilarityKnot> knots);

  std::vector<SimilarityKnot> knots_;
  std::optional<SimilarityBasis> basis_;
};

}  // namespace sightline::query
