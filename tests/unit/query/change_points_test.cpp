// Change points of random series whose changes are known.
#include "query/change_points.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace sightline::query {
namespace {

// Numbers around `mean` with a standard deviation of 1: sums of twelve uniform ones.
void Append(std::vector<double>& series, size_t count, double mean, std::mt19937_64& random) {
  for (size_t i = 0; i < count; ++i) {
    double sum = -6;
    for (int j = 0; j < 12; ++j) sum += std::ldexp(static_cast<double>(random() >> 11), -53);
    series.push_back(mean + sum);
  }
}

std::vector<ChangePoint> Find(const std::vector<double>& series,
                              const ChangePointOptions& options = {}) {
  return FindChangePoints(
      series.size(), [&](size_t i, size_t j) { return std::abs(series[i] - series[j]); }, options);
}

// The energy distance of [0, at) and [at, n), as its formula stands: by all pairs.
double EnergyDistance(const std::vector<double>& series, size_t at) {
  const size_t n = series.size();
  double across = 0;
  double left = 0;
  double right = 0;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = i + 1; j < n; ++j) {
      const double apart = std::abs(series[i] - series[j]);
      (j < at ? left : i >= at ? right : across) += apart;
    }
  }
  const auto a = static_cast<double>(at);
  const auto b = static_cast<double>(n - at);
  return 2 * across / (a * b) - left / (a * (a - 1) / 2) - right / (b * (b - 1) / 2);
}

TEST(ChangePoints, OneChangeIsWhereTheEnergyDistanceIsGreatest) {
  int compared = 0;
  int near = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::vector<double> series;
    const size_t planted = 8 + random() % 20;
    Append(series, planted, 0, random);
    Append(series, 8 + random() % 20, 2.5, random);
    const std::vector<ChangePoint> found = Find(series);
    if (found.size() != 1) continue;  // an alarm beside it
    ++compared;
    size_t best = 0;
    double greatest = -1;
    for (size_t at = 4; at + 4 <= series.size(); ++at) {
      const auto a = static_cast<double>(at);
      const auto b = static_cast<double>(series.size() - at);
      const double statistic = EnergyDistance(series, at) * a * b / (a + b);
      if (statistic > greatest) {
        greatest = statistic;
        best = at;
      }
    }
    EXPECT_EQ(found[0].at, best);
    EXPECT_NEAR(found[0].size, EnergyDistance(series, best), 1e-9);
    EXPECT_LE(found[0].p_value, 0.01);
    near += std::max(found[0].at, planted) - std::min(found[0].at, planted) <= 2;
  }
  EXPECT_GE(compared, 50);
  EXPECT_GE(near, compared * 8 / 10);
}

TEST(ChangePoints, WithoutAChangeFewAreReported) {
  int reported = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<double> series;
    Append(series, 20, 0, random);
    reported += !Find(series, {.significance = 0.05, .permutations = 199}).empty();
  }
  // 5 % of 300 is 15, with a standard deviation of 3.8.
  EXPECT_GT(reported, 3);
  EXPECT_LT(reported, 28);
}

TEST(ChangePoints, EachOfSeveralIsFoundInOrder) {
  int right = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<double> series;
    for (const double mean : {0.0, 8.0, 16.0}) Append(series, 15, mean, random);
    const std::vector<ChangePoint> found = Find(series);
    right += found.size() == 2 && found[0].at == 15 && found[1].at == 30;
  }
  EXPECT_GE(right, 18);
}

TEST(ChangePoints, NoneWhereNothingDiffersOrTooLittleIsKnown) {
  EXPECT_TRUE(Find({}).empty());
  EXPECT_TRUE(Find(std::vector<double>(40, 3.0)).empty());
  const std::vector<double> short_series = {0, 0, 0, 0, 9, 9, 9};
  EXPECT_TRUE(Find(short_series).empty()) << "less than two segments of four";
}

}  // namespace
}  // namespace sightline::query
