#include "simulation/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace sightline::simulation {
namespace {

constexpr int kDraws = 200'000;

TEST(Random, GivesTheNumbersOfItsKeyOnEveryMachine) {
  // Written down from the first run: another value here is another city for every seed.
  Random random(42, Stream::kVehicle, {7});
  EXPECT_EQ(random.Next(), 180466563300088312u);
  EXPECT_EQ(random.Next(), 15066590695483480455u);
}

TEST(Random, KeysDifferByEveryPart) {
  const uint64_t key = StreamKey(1, Stream::kTrip, {2, 3});
  EXPECT_NE(key, StreamKey(2, Stream::kTrip, {2, 3}));
  EXPECT_NE(key, StreamKey(1, Stream::kDay, {2, 3}));
  EXPECT_NE(key, StreamKey(1, Stream::kTrip, {3, 2}));
  EXPECT_NE(key, StreamKey(1, Stream::kTrip, {2}));
  EXPECT_NE(StreamKey(1, Stream::kTrip, {2}), StreamKey(1, Stream::kTrip, {2, 0}));
  EXPECT_EQ(key, StreamKey(1, Stream::kTrip, {2, 3}));
}

TEST(Random, BelowIsEvenAndStaysBelow) {
  Random random(1);
  std::array<int, 7> counts{};
  for (int i = 0; i < kDraws; ++i) ++counts.at(random.Below(7));
  for (const int count : counts) EXPECT_NEAR(count, kDraws / 7, 600);
}

TEST(Random, BetweenReachesBothEnds) {
  Random random(2);
  std::array<bool, 3> seen{};
  for (int i = 0; i < 100; ++i) seen.at(static_cast<size_t>(random.Between(-1, 1) + 1)) = true;
  EXPECT_EQ(seen, (std::array{true, true, true}));
}

struct Moments {
  double mean = 0;
  double variance = 0;
};

template <typename Draw>
Moments MomentsOf(Draw draw) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = draw();
    sum += value;
    squares += value * value;
  }
  const double mean = sum / kDraws;
  return {mean, squares / kDraws - mean * mean};
}

TEST(Random, DistributionsHaveTheirMoments) {
  Random random(3);
  const Moments uniform = MomentsOf([&] { return random.Uniform(); });
  EXPECT_NEAR(uniform.mean, 0.5, 0.005);
  EXPECT_NEAR(uniform.variance, 1.0 / 12, 0.001);
  const Moments normal = MomentsOf([&] { return random.Normal(); });
  EXPECT_NEAR(normal.mean, 0, 0.01);
  EXPECT_NEAR(normal.variance, 1, 0.02);
  const Moments exponential = MomentsOf([&] { return random.Exponential(); });
  EXPECT_NEAR(exponential.mean, 1, 0.01);
  EXPECT_NEAR(exponential.variance, 1, 0.03);
}

TEST(Random, PicksByWeight) {
  Random random(4);
  constexpr std::array<double, 4> kWeights = {1, 0, 3, 0};
  std::array<int, 4> counts{};
  for (int i = 0; i < kDraws; ++i) ++counts.at(random.Pick(kWeights));
  EXPECT_EQ(counts[1], 0);
  EXPECT_EQ(counts[3], 0);
  EXPECT_NEAR(counts[2], 3 * counts[0], 0.03 * kDraws);
}

TEST(Random, IsOneOfSpreadsAShareEvenly) {
  for (const double share : {0.0, 0.005, 0.02, 0.3, 1.0}) {
    SCOPED_TRACE(share);
    uint64_t count = 0;
    for (uint64_t i = 0; i < 1'000; ++i) {
      count += IsOneOf(i, share);
      EXPECT_NEAR(static_cast<double>(count), static_cast<double>(i + 1) * share, 1);
    }
  }
}

}  // namespace
}  // namespace sightline::simulation
