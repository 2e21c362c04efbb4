#include "query/circular_median.h"

#include <algorithm>
#include <cstdlib>

#include "core/time.h"

namespace sightline::query {
namespace {

constexpr size_t kMost = 400;

}  // namespace

std::optional<int64_t> CircularMedian(std::span<const int64_t> times) {
  const size_t step = times.size() / kMost + 1;
  std::optional<int64_t> best;
  int64_t least = 0;
  for (size_t i = 0; i < times.size(); i += step) {
    int64_t sum = 0;
    for (size_t j = 0; j < times.size(); j += step) {
      const int64_t apart = std::abs(times[i] - times[j]);
      sum += std::min(apart, kMillisecondsPerDay - apart);
    }
    if (!best || sum < least || (sum == least && times[i] < *best)) {
      best = times[i];
      least = sum;
    }
  }
  return best;
}

}  // namespace sightline::query
