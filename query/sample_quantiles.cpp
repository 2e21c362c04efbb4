#include "query/sample_quantiles.h"

#include <algorithm>
#include <cstddef>

namespace sightline::query {

std::vector<double> SampleQuantiles(std::vector<float>& sample,
                                    std::initializer_list<double> shares) {
  std::sort(sample.begin(), sample.end());
  std::vector<double> quantiles;
  for (const double share : shares) {
    const double place = share * static_cast<double>(sample.size() - 1);
    const auto below = static_cast<size_t>(place);
    const size_t above = std::min(below + 1, sample.size() - 1);
    const double low = sample[below];
    quantiles.push_back(low + (sample[above] - low) * (place - static_cast<double>(below)));
  }
  return quantiles;
}

}  // namespace sightline::query
