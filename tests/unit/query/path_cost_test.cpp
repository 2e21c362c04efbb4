#include "query/path_cost.h"

#include <gtest/gtest.h>

#include <string>

namespace sightline::query {
namespace {

struct PathCase {
  std::string name;
  DayFacts facts;
  SearchPath cheapest;
};

void PrintTo(const PathCase& c, std::ostream* out) { *out << c.name; }

// A day of a million rows.
DayFacts Facts(uint64_t passing) {
  return {.rows = 1'000'000,
          .camera_rows = 1'000'000,
          .passing = passing,
          .minutes = 1440,
          .wanted = 100};
}

DayFacts OfCameras(DayFacts facts, size_t cameras, uint64_t rows) {
  facts.cameras = cameras;
  facts.camera_rows = rows;
  return facts;
}

// A tenth of the rows: a minute, which is read whole, holds fewer than a page.
DayFacts OfQuietDay(DayFacts facts) {
  facts.rows = facts.camera_rows = 100'000;
  return facts;
}

DayFacts OfPlates(DayFacts facts, size_t plates, uint64_t rows) {
  facts.plates = plates;
  facts.plate_rows = rows;
  return facts;
}

class PathCostTest : public ::testing::TestWithParam<PathCase> {};

TEST_P(PathCostTest, TheCheapestComesFirst) {
  const std::vector<PathEstimate> estimates = EstimatePaths(GetParam().facts);
  ASSERT_FALSE(estimates.empty());
  EXPECT_EQ(SearchPathName(estimates.front().path), SearchPathName(GetParam().cheapest));
  for (size_t i = 1; i < estimates.size(); ++i) {
    EXPECT_LE(estimates[i - 1].microseconds, estimates[i].microseconds);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Days, PathCostTest,
    ::testing::Values(
        PathCase{"NearlyAllPass", OfQuietDay(Facts(90'000)), SearchPath::kTime},
        PathCase{"NearlyAllPassInBusyMinutes", Facts(900'000), SearchPath::kColumns},
        PathCase{"OneInAThousandPasses", Facts(1'000), SearchPath::kColumns},
        PathCase{"NonePasses", Facts(1), SearchPath::kColumns},
        PathCase{"AFewPlates", OfPlates(Facts(20), 10, 20), SearchPath::kPlates},
        PathCase{"MostPlates", OfQuietDay(OfPlates(Facts(80'000), 30'000, 80'000)),
                 SearchPath::kTime},
        PathCase{"ManyPlatesSeldom", OfPlates(Facts(20'000), 9'000, 20'000), SearchPath::kColumns},
        PathCase{"ABusyCamera", OfCameras(Facts(100'000), 1, 100'000), SearchPath::kCamerasTime},
        PathCase{"ASilentCamera", OfCameras(Facts(3), 1, 3), SearchPath::kColumns},
        PathCase{"ACameraAndARarity", OfCameras(Facts(2), 1, 5'000), SearchPath::kColumns}),
    [](const auto& test) { return test.param.name; });

TEST(PathCost, AnAnswerThatStopsEarlyMeetsAShareOfTheRows) {
  for (const PathEstimate& estimate : EstimatePaths(Facts(100'000))) {
    EXPECT_EQ(estimate.rows, 1'000u) << SearchPathName(estimate.path);
  }
}

TEST(PathCost, NoWayIsFreeOnAnEmptyDay) {
  for (const PathEstimate& estimate : EstimatePaths(DayFacts{.wanted = 1})) {
    EXPECT_GT(estimate.microseconds, 0u) << SearchPathName(estimate.path);
  }
}

}  // namespace
}  // namespace sightline::query
