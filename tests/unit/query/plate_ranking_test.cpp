// Which plate a text means, and which readings are of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/plate_distance.h"
#include "query/plate_ranking.h"

namespace sightline::query {
namespace {

PlateRanking Rank(const std::string& text, int max_distance,
                  std::vector<std::pair<std::string, uint64_t>> counts,
                  std::shared_ptr<const PlateReadingModel> model = PlateReadingModel::Default()) {
  std::vector<PlateCandidate> candidates;
  for (const auto& [plate, readings] : counts) {
    candidates.push_back({plate, readings, PlateDistance(text, plate)});
  }
  return PlateRanking({text, max_distance}, candidates, std::move(model));
}

TEST(PlateRanking, APlateAskedForExactlyComesBeforeItsMisreads) {
  const PlateRanking ranking =
      Rank("京A80128", 2, {{"京AB0128", 1}, {"京A80128", 40}, {"京A8O128", 2}, {"京A80X28", 30}});
  ASSERT_EQ(ranking.plates().size(), 4u);
  EXPECT_EQ(ranking.plates()[0].plate, "京A80128");
  EXPECT_GT(ranking.plates()[0].probability, 0.98);
  EXPECT_GT(ranking.Find("京A8O128")->probability, 0.8);
  EXPECT_GT(ranking.Find("京AB0128")->probability, 0.8);
  // Read too often to be a misread: another plate.
  EXPECT_LT(ranking.Find("京A80X28")->probability, 0.05);
}

TEST(PlateRanking, AReadingThatSticksOutMeansItsFrequentNeighbour) {
  const PlateRanking ranking = Rank("京AB0128", 2, {{"京AB0128", 1}, {"京A80128", 40}});
  EXPECT_EQ(ranking.plates()[0].plate, "京A80128");
  EXPECT_GT(ranking.Find("京A80128")->asked, 0.8);
}

TEST(PlateRanking, EquallyFrequentNeighboursAreTwoPlates) {
  const PlateRanking ranking = Rank("京AB0128", 1, {{"京AB0128", 35}, {"京A80128", 40}});
  EXPECT_EQ(ranking.plates()[0].plate, "京AB0128");
  EXPECT_LT(ranking.Find("京A80128")->probability, 0.1);
}

TEST(PlateRanking, OfSeveralNeighboursTheLookAlikeIsLikelier) {
  const PlateRanking ranking =
      Rank("京AB0128", 1, {{"京A80128", 20}, {"京AW0128", 20}, {"京AB0123", 20}});
  EXPECT_EQ(ranking.plates()[0].plate, "京A80128");
}

TEST(PlateRanking, UnknownCharactersShareTheProbability) {
  const PlateRanking ranking = Rank("京A?0128", 0, {{"京A10128", 20}, {"京A50128", 20}});
  EXPECT_NEAR(ranking.Find("京A10128")->probability, 0.5, 0.1);
  EXPECT_NEAR(ranking.Find("京A10128")->asked + ranking.Find("京A50128")->asked + ranking.none(), 1,
              1e-9);
}

TEST(PlateRanking, NothingNearIsNoPlate) {
  const PlateRanking ranking = Rank("京A80128", 1, {});
  EXPECT_TRUE(ranking.plates().empty());
  EXPECT_EQ(ranking.none(), 1);
  EXPECT_EQ(ranking.Find("京A80128"), nullptr);
  EXPECT_EQ(ranking.RowProbability("京A80128", {}), 0);
}

TEST(PlateRanking, DoesNotDependOnTheOrderOfCandidates) {
  std::vector<std::pair<std::string, uint64_t>> counts = {
      {"京AB0128", 3}, {"京A80128", 40}, {"京A8O128", 2}, {"京A8D128", 7}, {"津A80128", 1}};
  const PlateRanking first = Rank("京A80128", 2, counts);
  std::mt19937_64 random(7);
  for (int i = 0; i < 10; ++i) {
    std::shuffle(counts.begin(), counts.end(), random);
    const PlateRanking other = Rank("京A80128", 2, counts);
    ASSERT_EQ(other.plates().size(), first.plates().size());
    for (size_t place = 0; place < first.plates().size(); ++place) {
      EXPECT_EQ(other.plates()[place].plate, first.plates()[place].plate);
      EXPECT_EQ(other.plates()[place].probability, first.plates()[place].probability);
    }
  }
}

TEST(PlateRanking, ABadCameraAndALowConfidenceSpeakForAMisread) {
  PlateReadingData data = DefaultPlateReadingData();
  data.counts.cameras["bad"] = {1'000, 300, {}};
  data.counts.cameras["good"] = {100'000, 1, {}};
  const PlateRanking ranking = Rank("京A80128", 1, {{"京A80128", 30}, {"京A8W128", 3}},
                                    std::make_shared<const PlateReadingModel>(data));
  const double unknown = ranking.RowProbability("京A8W128", {});
  EXPECT_NEAR(unknown, ranking.Find("京A8W128")->probability, 1e-9);
  EXPECT_GT(ranking.RowProbability("京A8W128", {"bad", {}}), unknown);
  EXPECT_LT(ranking.RowProbability("京A8W128", {"good", {}}), unknown);
  EXPECT_GT(ranking.RowProbability("京A8W128", {"", 0.3}),
            ranking.RowProbability("京A8W128", {"", 0.99}));
}

}  // namespace
}  // namespace sightline::query
