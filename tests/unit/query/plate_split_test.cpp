#include "query/plate_split.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace sightline::query {
namespace {

double ScoreOf(const SplitQuestion& question, const std::vector<int>& vehicles) {
  double score = 0;
  size_t opened = 0;
  std::vector<int> last(static_cast<size_t>(question.max_vehicles), -1);
  for (size_t i = 0; i < question.readings; ++i) {
    if (vehicles[i] == kForeign) {
      score += question.foreign[i];
      continue;
    }
    int& of = last[static_cast<size_t>(vehicles[i])];
    score += of < 0 ? question.open[opened++] : question.link(static_cast<size_t>(of), i);
    of = static_cast<int>(i);
  }
  return score;
}

TEST(PlateSplit, IsTheBestOfAllAssignments) {
  constexpr size_t kReadings = 7;
  constexpr size_t kAssignments = 16'384;  // three vehicles or none, seven times
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> weight(-6, 6);
    std::vector<std::vector<double>> links(kReadings, std::vector<double>(kReadings));
    for (auto& row : links) {
      for (double& link : row) {
        link = random() % 4 == 0 ? -std::numeric_limits<double>::infinity() : weight(random);
      }
    }
    SplitQuestion question{.readings = kReadings, .max_vehicles = 3};
    question.link = [&](size_t a, size_t b) { return links[a][b]; };
    for (size_t i = 0; i < kReadings; ++i) question.foreign.push_back(weight(random) - 4);
    question.open = {0, -3, -2};
    double best = -std::numeric_limits<double>::infinity();
    for (size_t code = 0; code < kAssignments; ++code) {
      std::vector<int> vehicles;
      for (size_t i = 0, rest = code; i < kReadings; ++i, rest /= 4) {
        vehicles.push_back(static_cast<int>(rest % 4) - 1);
      }
      best = std::max(best, ScoreOf(question, vehicles));
    }
    const auto split = SplitPlate(question, 100'000, Cancellation());
    ASSERT_TRUE(split);
    EXPECT_NEAR(split->score, best, 1e-9);
    EXPECT_NEAR(ScoreOf(question, split->vehicles), best, 1e-9);
  }
}

}  // namespace
}  // namespace sightline::query
