#include "query/change_points.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace sightline::query {
namespace {

constexpr uint64_t kSeed = 0x51697468;

struct Split {
  size_t at = 0;
  double statistic = -1;
  double size = 0;
};

class Series {
 public:
  Series(size_t count, const std::function<double(size_t, size_t)>& distance)
      : count_(count), distances_(count * count) {
    for (size_t i = 0; i < count; ++i) {
      for (size_t j = i + 1; j < count; ++j) {
        distances_[i * count + j] = distances_[j * count + i] = distance(i, j);
      }
    }
  }

  // The best split of the elements in `order`: sums within and across are kept up as one element
  // after another goes from the right to the left.
  Split Best(const std::vector<size_t>& order, size_t least_segment) const {
    const size_t n = order.size();
    double left = 0;    // sums over ordered pairs
    double right = 0;
    double across = 0;
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) right += At(order[i], order[j]);
    }
    Split best;
    for (size_t moved = 0; moved + least_segment < n; ++moved) {
      double to_left = 0;
      double to_right = 0;
      for (size_t j = 0; j < moved; ++j) to_left += At(order[moved], order[j]);
      for (size_t j = moved + 1; j < n; ++j) to_right += At(order[moved], order[j]);
      left += 2 * to_left;
      right -= 2 * to_right;
      across += to_right - to_left;
      const size_t at = moved + 1;
      if (at < least_segment) continue;
      const double a = static_cast<double>(at);
      const double b = static_cast<double>(n - at);
      const double size =
          2 * across / (a * b) - left / (a * std::max(a - 1, 1.0)) - right / (b * std::max(b - 1, 1.0));
      const double statistic = size * a * b / (a + b);
      if (statistic > best.statistic) best = {at, statistic, size};
    }
    return best;
  }

 private:
  double At(size_t i, size_t j) const { return distances_[i * count_ + j]; }

  size_t count_;
  std::vector<double> distances_;
};

void Search(const Series& series, size_t begin, size_t end, const ChangePointOptions& options,
            std::mt19937_64& random, std::vector<ChangePoint>& found) {
  if (end - begin < 2 * options.least_segment) return;
  std::vector<size_t> order(end - begin);
  std::iota(order.begin(), order.end(), begin);
  const Split best = series.Best(order, options.least_segment);
  if (best.statistic <= 0) return;
  const int allowed =
      static_cast<int>(options.significance * (options.permutations + 1)) - 1;
  int exceeding = 0;
  for (int i = 0; i < options.permutations; ++i) {
    // Fisher and Yates; std::shuffle may differ from library to library.
    for (size_t j = order.size() - 1; j > 0; --j) std::swap(order[j], order[random() % (j + 1)]);
    if (series.Best(order, options.least_segment).statistic >= best.statistic &&
        ++exceeding > allowed) {
      return;
    }
  }
  const size_t at = begin + best.at;
  Search(series, begin, at, options, random, found);
  found.push_back({.at = at,
                   .p_value = (1.0 + exceeding) / (1.0 + options.permutations),
                   .size = best.size});
  Search(series, at, end, options, random, found);
}

}  // namespace

std::vector<ChangePoint> FindChangePoints(size_t count,
                                          const std::function<double(size_t, size_t)>& distance,
                                          const ChangePointOptions& options) {
  std::vector<ChangePoint> found;
  std::mt19937_64 random(kSeed);
  Search(Series(count, distance), 0, count, options, random, found);
  return found;
}

}  // namespace sightline::query
