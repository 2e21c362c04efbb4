#include "query/false_discovery.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace sightline::query {

std::vector<double> AdjustForDiscovery(std::span<const double> p_values, uint64_t hypotheses) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return p_values[i]; });
  std::vector<double> adjusted(p_values.size());
  double least = 1;
  for (size_t rank = order.size(); rank > 0; --rank) {
    const double scaled = p_values[order[rank - 1]] * static_cast<double>(hypotheses) /
                          static_cast<double>(rank);
    least = std::min(least, scaled);
    adjusted[order[rank - 1]] = least;
  }
  return adjusted;
}

}  // namespace sightline::query
