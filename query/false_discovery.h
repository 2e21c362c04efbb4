// How many of the things that are reported as significant may be chance.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sightline::query {

// Adjusted p-values (q-values) after Benjamini, Hochberg, "Controlling the false discovery rate",
// J. R. Stat. Soc. B 57 (1995): reporting all with q <= 0.05 keeps the expected share of false ones
// among them at 5 %. `p_values` are the smallest of `hypotheses` (>= their number) tested; those
// that are not given are at least as large as the largest that is. In the order of `p_values`.
std::vector<double> AdjustForDiscovery(std::span<const double> p_values, uint64_t hypotheses);

}  // namespace sightline::query
