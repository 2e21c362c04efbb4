#include "query/similarity.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sightline::query {
namespace {

// Where the logistic curve passes 0.5, and how far on its odds are e times less.
struct Logistic {
  double middle = 0;
  double width = 1;
};

// In widths from the middle; the curve is flat beyond.
constexpr double kReach = 8;

// Components of bytes: what differs between readings of two vehicles that look alike, and how large
// they are (roots of mean squares). Of u8 as in histograms, not negative; of i8 about zero.
constexpr double kByteDifference = 22;
constexpr double kU8Size = 64;
constexpr double kI8Size = 48;

// Angles, as 1 - cosine. Vectors without negative components lie within a part of the sphere.
constexpr Logistic kAngle{0.3, 0.05};
constexpr Logistic kAngleOfU8{0.15, 0.025};

Logistic Guess(const VectorSpace& space) {
  const auto dimensions = static_cast<double>(space.dimensions());
  const bool is_float = space.element == VectorElement::kF32;
  const Logistic angle = space.element == VectorElement::kU8 ? kAngleOfU8 : kAngle;
  switch (space.metric) {
    case VectorMetric::kL2: {
      // Vectors of floats mostly have length 1, where the distance is a function of the angle.
      const double middle =
          is_float ? std::sqrt(2 * angle.middle) : kByteDifference * std::sqrt(dimensions);
      return {middle, middle / 10};
    }
    case VectorMetric::kCosine:
      return angle;
    case VectorMetric::kInnerProduct:
      break;
  }
  const double size = space.element == VectorElement::kU8 ? kU8Size : kI8Size;
  const double square = is_float ? 1 : dimensions * size * size;  // of a vector's length
  return {-(1 - angle.middle) * square, angle.width * square};
}

}  // namespace

SimilarityModel SimilarityModel::Default(const VectorSpace& space) {
  const Logistic guess = Guess(space);
  return SimilarityModel({{guess.middle - kReach * guess.width, kReach},
                          {guess.middle + kReach * guess.width, -kReach}});
}

SimilarityModel::SimilarityModel(std::vector<SimilarityKnot> knots) : knots_(std::move(knots)) {}

SimilarityModel::SimilarityModel(std::vector<SimilarityKnot> knots, const SimilarityBasis& basis)
    : knots_(std::move(knots)), basis_(basis) {}

double SimilarityModel::Similarity(double distance) const {
  const auto after = std::ranges::upper_bound(knots_, distance, {}, &SimilarityKnot::distance);
  double log_odds = 0;
  if (after == knots_.begin()) {
    log_odds = knots_.front().log_odds;
  } else if (after == knots_.end()) {
    log_odds = knots_.back().log_odds;
  } else {
    const SimilarityKnot& before = *(after - 1);
    const double share = (distance - before.distance) / (after->distance - before.distance);
    log_odds = std::lerp(before.log_odds, after->log_odds, share);
  }
  return 1 / (1 + std::exp(-log_odds));
}

}  // namespace sightline::query
