// On which days a habit changed: a test for change points in a series of days.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace sightline::query {

struct ChangePoint {
  size_t at = 0;       // the first element after the change
  double p_value = 1;  // of the permutation test
  double size = 0;     // mean distance across less the mean distances within, [0, 2 x the largest]

  bool operator==(const ChangePoint&) const = default;
};

struct ChangePointOptions {
  size_t least_segment = 4;  // elements between two changes
  double significance = 0.01;
  int permutations = 999;
};

// Where the elements 0, 1, ... of a series change their distribution; `distance(i, j)` is symmetric,
// 0 for equal ones, finite.
//
// Method: E-divisive (Matteson and James, "A Nonparametric Approach for Multiple Change Point
// Analysis of Multivariate Data", Journal of the American Statistical Association 109, 2014): the
// split with the greatest energy distance between the two sides, scaled by nm / (n + m), is a change
// if the same search in permuted series exceeds it in at most `significance` of the cases; then each
// side is searched again. The p-value is (1 + exceeding) / (1 + permutations). Elements are taken to
// be exchangeable where there is no change, so that callers compare like days with like.
// Deterministic: permutations come from a fixed seed. O(n^2) a permutation.
std::vector<ChangePoint> FindChangePoints(size_t count,
                                          const std::function<double(size_t, size_t)>& distance,
                                          const ChangePointOptions& options = {});

}  // namespace sightline::query
