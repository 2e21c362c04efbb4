#include "tests/unit/simulation/vector_hardness.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace sightline::simulation {
namespace {

double SquaredDistance(const std::string& a, const std::string& b) {
  int32_t sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const int32_t difference = static_cast<unsigned char>(a[i]) - static_cast<unsigned char>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

double Dimension(std::span<const double> distances, size_t k) {
  double sum = 0;
  for (size_t i = 0; i + 1 < k; ++i) {
    sum += std::log(distances[k - 1] / std::max(distances[i], 1e-3));
  }
  return sum > 0 ? static_cast<double>(k - 1) / sum : 1e6;
}

Quantiles QuantilesOf(std::vector<double> values) {
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
  };
  return {at(0.05), at(0.25), at(0.5), at(0.75), at(0.95)};
}

}  // namespace

Hardness MeasureHardness(std::span<const std::string> vectors, size_t queries) {
  constexpr size_t kNeighbours = 100;
  std::vector<double> d1_to_d10, d10_to_d100, d10_to_mean, dimension20, dimension100;
  std::vector<double> distances(vectors.size() - 1);
  for (size_t query = 0; query < queries; ++query) {
    double sum = 0;
    for (size_t i = 0, out = 0; i < vectors.size(); ++i) {
      if (i == query) continue;
      distances[out] = std::sqrt(SquaredDistance(vectors[query], vectors[i]));
      sum += distances[out++];
    }
    std::ranges::partial_sort(distances, distances.begin() + kNeighbours);
    d1_to_d10.push_back(distances[0] / distances[9]);
    d10_to_d100.push_back(distances[9] / distances[99]);
    d10_to_mean.push_back(distances[9] / (sum / static_cast<double>(distances.size())));
    dimension20.push_back(Dimension(distances, 20));
    dimension100.push_back(Dimension(distances, kNeighbours));
  }
  return {QuantilesOf(std::move(d1_to_d10)), QuantilesOf(std::move(d10_to_d100)),
          QuantilesOf(std::move(d10_to_mean)), QuantilesOf(std::move(dimension20)),
          QuantilesOf(std::move(dimension100))};
}

std::string Describe(const Hardness& hardness) {
  std::string text;
  const auto row = [&](const char* name, const Quantiles& quantiles) {
    text += fmt::format("{:<12} {:.3f}\n", name, fmt::join(quantiles, "  "));
  };
  row("d1/d10", hardness.d1_to_d10);
  row("d10/d100", hardness.d10_to_d100);
  row("d10/mean", hardness.d10_to_mean);
  row("dimension20", hardness.dimension20);
  row("dimension100", hardness.dimension100);
  return text;
}

}  // namespace sightline::simulation
