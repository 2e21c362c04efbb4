#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "query/similarity.h"
#include "query/similarity_fit.h"
#include "query/similarity_source.h"

namespace sightline::query {
namespace {

double Probability(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

std::vector<VectorSpace> AllKindsOfSpaces() {
  std::vector<VectorSpace> spaces;
  for (const auto element : {VectorElement::kU8, VectorElement::kI8, VectorElement::kF32}) {
    for (const auto metric :
         {VectorMetric::kL2, VectorMetric::kCosine, VectorMetric::kInnerProduct}) {
      for (const uint32_t bytes : {128u, 512u}) {
        spaces.push_back(
            {.name = "x", .bytes = bytes, .element = element, .metric = metric, .model = ""});
      }
    }
  }
  return spaces;
}

TEST(SimilarityModel, TheDefaultFallsSmoothlyFromNearlyOneToNearlyZero) {
  for (const VectorSpace& space : AllKindsOfSpaces()) {
    SCOPED_TRACE(fmt::format("{} {} {}", ElementName(space.element), MetricName(space.metric),
                             space.bytes));
    const SimilarityModel model = SimilarityModel::Default(space);
    EXPECT_FALSE(model.basis());
    const double near = model.knots().front().distance;
    const double far = model.knots().back().distance;
    ASSERT_LT(near, far);
    EXPECT_GT(model.Similarity(near), 0.999);
    EXPECT_NEAR(model.Similarity((near + far) / 2), 0.5, 1e-9);
    EXPECT_LT(model.Similarity(far), 0.001);
    constexpr int kSteps = 1'000;
    double before = 1;
    for (int i = -kSteps / 10; i <= kSteps + kSteps / 10; ++i) {
      const double similarity = model.Similarity(near + (far - near) * i / kSteps);
      EXPECT_GT(similarity, 0);
      EXPECT_LT(similarity, 1);
      EXPECT_LE(similarity, before);
      EXPECT_LT(before - similarity, 0.01) << "a step at " << i;
      before = similarity;
    }
  }
}

TEST(SimilarityModel, TheDefaultKnowsTheSameVectorFromAnUnlikeOne) {
  for (const VectorSpace& space : AllKindsOfSpaces()) {
    SCOPED_TRACE(fmt::format("{} {} {}", ElementName(space.element), MetricName(space.metric),
                             space.bytes));
    if (space.metric == VectorMetric::kInnerProduct) continue;  // has no nearest distance
    const SimilarityModel model = SimilarityModel::Default(space);
    EXPECT_GT(model.Similarity(0), 0.99);
    EXPECT_LT(model.Similarity(std::numeric_limits<double>::infinity()), 0.01);
  }
}

TEST(SimilarityModel, LogOddsAreLinearBetweenKnotsAndLevelBeyond) {
  const SimilarityModel model({{10, 4}, {20, 2}, {40, -6}}, {.plates = 7});
  const struct {
    double distance;
    double log_odds;
  } kCases[] = {{-5, 4},  {10, 4},  {12.5, 3.5}, {20, 2},
                {25, 0},  {30, -2}, {40, -6},    {1e9, -6}};
  for (const auto& c : kCases) {
    EXPECT_DOUBLE_EQ(model.Similarity(c.distance), Probability(c.log_odds)) << c.distance;
  }
  EXPECT_EQ(model.basis()->plates, 7u);
}

TEST(SimilaritySource, HandsOutTheDefaultUntilAModelIsPutInItsPlace) {
  const VectorSpace& detail = DefaultSpaces()[0];
  const VectorSpace& vehicle = DefaultSpaces()[1];
  SimilaritySource source;
  EXPECT_EQ(source.Current(vehicle)->knots(), SimilarityModel::Default(vehicle).knots());
  const auto model = std::make_shared<const SimilarityModel>(
      std::vector<SimilarityKnot>{{1, 1}}, SimilarityBasis{.plates = 1});
  source.Replace(vehicle.name, model);
  EXPECT_EQ(source.Current(vehicle), model);
  EXPECT_FALSE(source.Current(detail)->basis());
}

// How many pairs there are at a distance.
struct Pairs {
  double distance = 0;
  size_t same = 0;
  size_t other = 0;
};

SimilarityModel Fit(const std::vector<Pairs>& pairs) {
  std::vector<double> same;
  std::vector<double> other;
  for (const Pairs& p : pairs) {
    same.insert(same.end(), p.same, p.distance);
    other.insert(other.end(), p.other, p.distance);
  }
  return {FitSimilarity(same, other), {}};
}

TEST(FitSimilarity, IsTheShareOfTheSameAmongOneAndAHundredOthers) {
  const SimilarityModel model = Fit({{1, 9'000, 10}, {2, 900, 990}, {3, 100, 99'000}});
  // P(1 | same) = 0.9, P(1 | other) = 0.0001, a hundred times: 0.01; and so on.
  EXPECT_NEAR(model.Similarity(1), 0.9 / (0.9 + 0.01), 0.002);
  EXPECT_NEAR(model.Similarity(2), 0.09 / (0.09 + 0.99), 0.002);
  EXPECT_NEAR(model.Similarity(3), 0.01 / (0.01 + 99), 0.0001);
}

TEST(FitSimilarity, NothingIsCertain) {
  const SimilarityModel model = Fit({{1, 1'000, 0}, {2, 0, 100'000}});
  EXPECT_GT(model.Similarity(1), 0.99);
  EXPECT_LT(model.Similarity(1), 1);
  EXPECT_LT(model.Similarity(2), 0.0001);
  EXPECT_GT(model.Similarity(2), 0);
}

TEST(FitSimilarity, WhereFarPairsAreOftenerTheSameTheDistanceSaysNothing) {
  const SimilarityModel model = Fit({{1, 100, 9'000}, {2, 900, 1'000}});
  EXPECT_EQ(model.knots().size(), 1u);
  EXPECT_NEAR(model.Similarity(1), 1 / (1 + kOtherCandidates), 1e-4);
  EXPECT_EQ(model.Similarity(1), model.Similarity(2));
}

// The least squares solution by its min-max formula (Barlow et al., theorem 1.4.4).
std::vector<double> ByFormula(const std::vector<Pairs>& pairs, double other_weight) {
  const auto mean = [&](size_t from, size_t to) {
    double same = 0;
    double all = 0;
    for (size_t i = from; i <= to; ++i) {
      same += static_cast<double>(pairs[i].same);
      all += static_cast<double>(pairs[i].same) +
             other_weight * static_cast<double>(pairs[i].other);
    }
    return same / all;
  };
  std::vector<double> fitted;
  for (size_t i = 0; i < pairs.size(); ++i) {
    double least = std::numeric_limits<double>::infinity();
    for (size_t from = 0; from <= i; ++from) {
      double most = 0;
      for (size_t to = i; to < pairs.size(); ++to) most = std::max(most, mean(from, to));
      least = std::min(least, most);
    }
    fitted.push_back(least);
  }
  return fitted;
}

TEST(FitSimilarity, EqualsTheMinMaxFormula) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 50; ++round) {
    std::vector<Pairs> pairs;
    double same = 0;
    double other = 0;
    for (int i = 0; i < 12; ++i) {
      pairs.push_back({static_cast<double>(i), 200 + random() % 2'000, 200 + random() % 2'000});
      same += static_cast<double>(pairs.back().same);
      other += static_cast<double>(pairs.back().other);
    }
    std::vector<double> expected = ByFormula(pairs, kOtherCandidates * same / other);
    const auto repeated = std::unique(expected.begin(), expected.end(), [](double a, double b) {
      return std::abs(a - b) < 1e-12;
    });
    expected.erase(repeated, expected.end());
    const SimilarityModel model = Fit(pairs);
    ASSERT_EQ(model.knots().size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(Probability(model.knots()[i].log_odds) / expected[i], 1, 0.01);
    }
  }
}

TEST(FitSimilarity, NeverRisesWhateverThePairs) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    const auto draw = [&](size_t most) {
      std::vector<double> distances(1 + random() % most);
      const uint64_t values = 1 + random() % 1'000;
      for (double& d : distances) d = static_cast<double>(random() % values) / 7 - 20;
      return distances;
    };
    const std::vector<SimilarityKnot> knots = FitSimilarity(draw(300), draw(3'000));
    ASSERT_FALSE(knots.empty());
    for (size_t i = 0; i < knots.size(); ++i) {
      EXPECT_TRUE(std::isfinite(knots[i].log_odds));
      if (i == 0) continue;
      EXPECT_LT(knots[i - 1].distance, knots[i].distance);
      EXPECT_GE(knots[i - 1].log_odds, knots[i].log_odds);
    }
  }
}

}  // namespace
}  // namespace sightline::query
