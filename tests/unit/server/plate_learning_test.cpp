#include "server/plate_learning.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "query/plate_reading_model.h"
#include "tests/support/filled_store.h"

namespace sightline::server {
namespace {

using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kNoon{17'000 * kMillisecondsPerDay + kMillisecondsPerDay / 2};

// Many readings of one camera, all of which a person corrects from 8 to B.
void FillAndCorrect(FilledStore& filled) {
  for (int i = 0; i < 30; ++i) {
    Sighting sighting;
    sighting.camera_id = "K-1";
    sighting.time = kNoon + i * kMillisecondsPerMinute;
    sighting.plate = sighting.plate_read = "A8" + std::to_string(1000 + i * 37);
    const auto added = filled.Add({sighting});
    ASSERT_TRUE(filled.store().Correct(added.ids.front(),
                                       {.plate = "AB" + sighting.plate.substr(2)}));
  }
}

TEST(PlateLearning, CorrectionsChangeTheModelAndOutliveTheServer) {
  FilledStore filled(StoreKind::kMemory);
  FillAndCorrect(filled);
  auto learning = PlateLearning::Open(filled.store(), "");
  ASSERT_TRUE(learning) << learning.error().message;
  const auto before = (*learning)->models().Current();
  (*learning)->LearnOnce();
  const auto after = (*learning)->models().Current();
  EXPECT_NE(before->version(), after->version());
  EXPECT_GT(after->ConfusionProbability(U'B', U'8'), before->ConfusionProbability(U'B', U'8'));
  EXPECT_EQ((*learning)->models().Find(before->version()), before) << "for pages under way";

  const auto again = PlateLearning::Open(filled.store(), "");
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->models().Current()->version(), after->version());
}

TEST(PlateLearning, WhatWasStoppedLearnsNothing) {
  FilledStore filled(StoreKind::kMemory);
  FillAndCorrect(filled);
  auto learning = PlateLearning::Open(filled.store(), "");
  ASSERT_TRUE(learning);
  const std::string before = (*learning)->models().Current()->version();
  (*learning)->Stop();
  (*learning)->LearnOnce();
  EXPECT_EQ((*learning)->models().Current()->version(), before);
}

TEST(PlateLearning, AFileOfAssumptionsThatDoesNotParseIsNamedWithItsLine) {
  FilledStore filled(StoreKind::kMemory);
  const auto path = std::filesystem::temp_directory_path() / "sightline_plate_learning_test.tsv";
  std::ofstream(path) << "# fine\nno such statement\n";
  const auto opened = PlateLearning::Open(filled.store(), path.string());
  std::filesystem::remove(path);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(opened.error().message.find(path.string()), std::string::npos);
  EXPECT_NE(opened.error().message.find("2"), std::string::npos) << opened.error().message;
  EXPECT_FALSE(PlateLearning::Open(filled.store(), path.string())) << "it is gone";
}

}  // namespace
}  // namespace sightline::server
