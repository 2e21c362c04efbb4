// From distances of pairs whose plates are known to a similarity model.
#pragma once

#include <vector>

#include "query/similarity.h"

namespace sightline::query {

// The probability that fits the pairs best of all those that never rise with distance (isotonic
// regression by pooling adjacent violators: Barlow, Bartholomew, Bremner, Brunk, "Statistical
// Inference under Order Restrictions", 1972; as calibration: Zadrozny, Elkan, "Transforming
// classifier scores into accurate multiclass probability estimates", KDD 2002), where the other
// pairs together weigh kOtherCandidates times as much as the same ones. Blocks of few pairs are
// joined; each block's counts are taken half a pair up on both sides, so that no odds are infinite;
// its knot stands at the weighted mean of its distances.
//
// `same`: distances of pairs of readings of one plate; `other`: of different ones. Neither is
// empty; all finite. O(n log n).
std::vector<SimilarityKnot> FitSimilarity(std::vector<double> same, std::vector<double> other);

}  // namespace sightline::query
