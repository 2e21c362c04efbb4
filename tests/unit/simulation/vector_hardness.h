// How hard a set of vectors is to search: what its nearest neighbours' distances say.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sightline::simulation {

// The 5th, 25th, 50th, 75th and 95th percentile over queries.
using Quantiles = std::array<double, 5>;

// Of Euclidean distances d1 <= d2 <= ... from a query to the other vectors of the set.
struct Hardness {
  Quantiles d1_to_d10;  // near 1: the first ten are hard to tell apart
  Quantiles d10_to_d100;
  Quantiles d10_to_mean;  // the reciprocal of the relative contrast (He, Kumar, Chang, ICML 2012)
  // Local intrinsic dimension by maximum likelihood over 20 and 100 neighbours (Amsaleg et al.,
  // Estimating local intrinsic dimensionality, KDD 2015).
  Quantiles dimension20;
  Quantiles dimension100;
};

// Vectors of `bytes` unsigned bytes. The first `queries` are asked with. O(queries x vectors).
Hardness MeasureHardness(std::span<const std::string> vectors, size_t queries);

// Lines of a table.
std::string Describe(const Hardness& hardness);

}  // namespace sightline::simulation
