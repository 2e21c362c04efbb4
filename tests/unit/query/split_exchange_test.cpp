#include "query/split_exchange.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

#include "query/plate_split.h"

namespace sightline::query {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

// Two vehicles by turns: one is seen at places 0 and 1, the other at 2 and 3.
ExchangeQuestion TwoLives(size_t readings) {
  ExchangeQuestion question;
  question.link = [](size_t, size_t) { return 0.0; };
  question.is_stop = [](size_t, size_t) { return true; };
  SplitTrait& place = question.traits.emplace_back();
  place.counted = SplitTrait::Counted::kAtStops;
  for (size_t i = 0; i < readings; ++i) {
    place.values.push_back(static_cast<int>(2 * (i % 2) + i / 2 % 2));
  }
  return question;
}

std::vector<int> ByTurns(size_t readings) {
  std::vector<int> vehicles;
  for (size_t i = 0; i < readings; ++i) vehicles.push_back(static_cast<int>(i % 2));
  return vehicles;
}

// Vehicles are numbered as it comes.
std::vector<int> FirstIsZero(std::vector<int> vehicles) {
  if (vehicles.front() == 1) {
    for (int& vehicle : vehicles) vehicle = vehicle < 0 ? vehicle : 1 - vehicle;
  }
  return vehicles;
}

TEST(SplitExchange, GivesBackWhatWasExchangedUnseen) {
  const ExchangeQuestion question = TwoLives(40);
  const std::vector<int> truth = ByTurns(40);
  std::vector<int> vehicles = truth;
  for (size_t i = 22; i < vehicles.size(); ++i) vehicles[i] = 1 - vehicles[i];
  const auto score = ExchangeStretches(question, vehicles, Cancellation());
  ASSERT_TRUE(score);
  EXPECT_EQ(FirstIsZero(vehicles), truth);
  EXPECT_NEAR(*score, ExchangeScore(question, truth), 1e-9);
}

TEST(SplitExchange, GivesBackAStretchInBetweenAndLeavesStraysAlone) {
  const ExchangeQuestion question = TwoLives(40);
  std::vector<int> truth = ByTurns(40);
  truth[7] = truth[20] = kForeign;
  std::vector<int> vehicles = truth;
  for (size_t i = 12; i < 26; ++i) {
    if (vehicles[i] >= 0) vehicles[i] = 1 - vehicles[i];
  }
  ASSERT_TRUE(ExchangeStretches(question, vehicles, Cancellation()));
  EXPECT_EQ(FirstIsZero(vehicles), truth);
}

TEST(SplitExchange, MakesNoVehicleDoWhatNoVehicleCan) {
  ExchangeQuestion question = TwoLives(40);
  // Nobody stays with its own places past reading 22.
  question.link = [](size_t a, size_t b) {
    return a < 22 && b >= 22 && a % 2 == b % 2 ? kNever : 0.0;
  };
  std::vector<int> vehicles = ByTurns(40);
  for (size_t i = 22; i < vehicles.size(); ++i) vehicles[i] = 1 - vehicles[i];
  const auto score = ExchangeStretches(question, vehicles, Cancellation());
  ASSERT_TRUE(score);
  EXPECT_GT(*score, kNever);
  EXPECT_EQ(ExchangeScore(question, ByTurns(40)), kNever);
}

TEST(SplitExchange, NeverLosesByIt) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> weight(-4, 4);
    constexpr size_t kReadings = 30;
    std::vector<std::vector<double>> links(kReadings, std::vector<double>(kReadings));
    for (auto& row : links) {
      for (double& link : row) link = weight(random);
    }
    ExchangeQuestion question;
    question.link = [&](size_t a, size_t b) { return links[a][b]; };
    question.is_stop = [&](size_t a, size_t b) { return links[a][b] < 0; };
    SplitTrait looks;
    SplitTrait hours{.values = {}, .counted = SplitTrait::Counted::kAfterStops};
    std::vector<int> vehicles;
    for (size_t i = 0; i < kReadings; ++i) {
      looks.values.push_back(static_cast<int>(random() % 3) - 1);
      hours.values.push_back(static_cast<int>(random() % 4));
      vehicles.push_back(static_cast<int>(i < 3 ? i : random() % 3));
    }
    question.traits = {looks, hours};
    const double before = ExchangeScore(question, vehicles);
    const auto after = ExchangeStretches(question, vehicles, Cancellation());
    ASSERT_TRUE(after);
    EXPECT_GT(*after, before);
    EXPECT_NEAR(*after, ExchangeScore(question, vehicles), 1e-9);
  }
}

}  // namespace
}  // namespace sightline::query
