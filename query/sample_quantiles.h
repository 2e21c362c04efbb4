// Quantiles of a sample.
#pragma once

#include <initializer_list>
#include <vector>

namespace sightline::query {

// For each of `shares` in [0, 1] the quantile, linear between the values around it (Hyndman and Fan
// 1996, definition 7). Sorts `sample`, which is not empty.
std::vector<double> SampleQuantiles(std::vector<float>& sample,
                                    std::initializer_list<double> shares);

}  // namespace sightline::query
