// How likely one plate is read as another.
#include <gtest/gtest.h>

#include <memory>

#include "query/plate_reading_model.h"
#include "query/plate_reading_model_source.h"

namespace sightline::query {
namespace {

PlateReadingModel WithCounts(const PlateReadingCounts& counts) {
  PlateReadingData data = DefaultPlateReadingData();
  data.counts = counts;
  return PlateReadingModel(std::move(data));
}

TEST(PlateReadingModel, LookAlikesAreLikelier) {
  const auto model = PlateReadingModel::Default();
  const auto p = [&](std::u32string_view read) { return model->MisreadProbability(read, U"京A80128"); };
  EXPECT_GT(p(U"京AB0128"), 5 * p(U"京AX0128"));
  EXPECT_GT(p(U"津A80128"), 2 * p(U"鄂A80128"));
  EXPECT_GT(p(U"京A8O128"), 20 * p(U"京A8OI28"));  // one change against two
  EXPECT_GT(p(U"京A8012"), 0);
  EXPECT_GT(p(U"京A800128"), p(U"京A80W128"));  // a repeated character is inserted more often
  EXPECT_EQ(p(U"京A80128"), 0);                  // no misread
  EXPECT_EQ(p(U"京A91239"), 0);                  // too far
}

// What a plate may be read as sums to one, but for what has no place on plates or equals the plate.
TEST(PlateReadingModel, ProbabilitiesOfAllMisreadsSumToNearlyOne) {
  PlateReadingData data = DefaultPlateReadingData();
  data.prior.changes = {1, 0, 0};
  data.prior.changes_weight = 1e9;
  const PlateReadingModel model(std::move(data));
  const std::u32string truth = U"A8Z";
  const std::u32string characters = U"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  double sum = 0;
  for (size_t place = 0; place <= truth.size(); ++place) {
    for (const char32_t c : characters) {
      std::u32string inserted = truth;
      inserted.insert(place, 1, c);
      // The same string by other ways: counted once.
      if (place == 0 || truth[place - 1] != c) sum += model.MisreadProbability(inserted, truth);
      if (place == truth.size()) continue;
      std::u32string changed = truth;
      changed[place] = c;
      sum += model.MisreadProbability(changed, truth);
    }
    if (place < truth.size()) {
      std::u32string lost = truth;
      lost.erase(place, 1);
      sum += model.MisreadProbability(lost, truth);
    }
  }
  EXPECT_GT(sum, 0.94);
  EXPECT_LE(sum, 1 + 1e-9);
}

TEST(PlateReadingModel, CountsOutweighTheAssumptions) {
  PlateReadingCounts counts;
  counts.readings = 100'000;
  counts.misreads = 10'000;
  counts.confusions[{U'A', U'5'}] = 90;
  counts.confusions[{U'A', U'4'}] = 10;
  const PlateReadingModel model = WithCounts(counts);
  EXPECT_NEAR(model.MisreadRate(), 0.1, 0.002);
  EXPECT_GT(model.ConfusionProbability(U'A', U'5'), 0.8);
  EXPECT_TRUE(model.LooksAlike(U'A', U'5'));
  EXPECT_FALSE(PlateReadingModel::Default()->LooksAlike(U'A', U'5'));
}

TEST(PlateReadingModel, CamerasHaveRatesAndConfusionsOfTheirOwn) {
  PlateReadingCounts counts;
  counts.cameras["bad"] = {1'000, 300, {{{U'0', U'7'}, 40}}};
  counts.cameras["new"] = {1, 1, {}};
  const PlateReadingModel model = WithCounts(counts);
  EXPECT_NEAR(model.MisreadRate("bad"), 0.29, 0.02);
  EXPECT_LT(model.MisreadRate("new"), 0.1);  // one misread of one reading is no rate
  EXPECT_EQ(model.MisreadRate("unknown"), model.MisreadRate());
  EXPECT_GT(model.MisreadProbability(U"京A71111", U"京A01111", "bad"),
            5 * model.MisreadProbability(U"京A71111", U"京A01111"));
}

TEST(PlateReadingModel, ConfidencesAreWeighedAsTheyWereCounted) {
  PlateReadingCounts counts;
  counts.confidence_correct[9] = 1'000;
  counts.confidence_correct[5] = 100;
  counts.confidence_misread[9] = 100;
  counts.confidence_misread[5] = 1'000;
  const PlateReadingModel model = WithCounts(counts);
  EXPECT_GT(model.ConfidenceRatio(0.55), 5);
  EXPECT_LT(model.ConfidenceRatio(1.0), 0.2);
}

TEST(PlateReadingModel, UnknownCharactersOfATextFitAnything) {
  const auto model = PlateReadingModel::Default();
  EXPECT_EQ(model->AskedProbability(U"京A?012?", U"京A80128"), 1);
  EXPECT_LT(model->AskedProbability(U"京A?0129", U"京A80128"), 0.1);
  EXPECT_GT(model->AskedProbability(U"京A?0129", U"京A80128"), 0);
}

TEST(PlateReadingModelSource, PagesKeepTheirModelWhileANewOneIsInForce) {
  PlateReadingCounts counts;
  counts.readings = 5;
  const auto first = PlateReadingModel::Default();
  const auto second = std::make_shared<const PlateReadingModel>(WithCounts(counts));
  EXPECT_NE(first->version(), second->version());
  PlateReadingModelSource source(first);
  source.Replace(second);
  EXPECT_EQ(source.Current(), second);
  EXPECT_EQ(source.Find(first->version()), first);
  EXPECT_EQ(source.Find("no such version"), second);
}

}  // namespace
}  // namespace sightline::query
