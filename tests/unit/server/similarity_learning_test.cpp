#include "server/similarity_learning.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/filled_store.h"

namespace sightline::server {
namespace {

using testing::FilledStore;
using testing::StoreKind;

constexpr std::chrono::hours kPeriod{1};

class SettableClock final : public Clock {
 public:
  TimestampMs Now() const override { return now; }
  TimestampMs now{1'700'000'000'000};
};

const VectorSpace& kVehicle = DefaultSpaces()[1];

// Plates from `first` on, four readings each that look alike.
void AddPlates(FilledStore& store, int first, int count) {
  std::vector<Sighting> readings;
  for (int i = 0; i < count * 4; ++i) {
    const int plate = first + i / 4;
    Sighting& sighting = readings.emplace_back();
    sighting.camera_id = "C" + std::to_string(i % 5);
    sighting.time = Day{19'000}.start() + int64_t{i} * 40'000;
    sighting.plate = std::to_string(1'000 + plate) + "X" + std::to_string(1'000 + plate);
    sighting.vectors = {{kVehicle.name, std::string(kVehicle.bytes,
                                                    static_cast<char>(plate * 37 % 240 + i % 4))}};
  }
  store.Add(readings);
}

class SimilarityLearningTest : public ::testing::Test {
 protected:
  std::unique_ptr<SimilarityLearning> Open() {
    return SimilarityLearning::Open(store_.store(), clock_, kPeriod).value();
  }
  // Plates that the model in force was learned from; 0: the default.
  static uint64_t Plates(SimilarityLearning& learning) {
    const auto& basis = learning.models().Current(kVehicle)->basis();
    return basis ? basis->plates : 0;
  }

  FilledStore store_{StoreKind::kMemory};
  SettableClock clock_;
};

TEST_F(SimilarityLearningTest, BeginsWithTheDefaultAndKeepsWhatItLearned) {
  auto learning = Open();
  learning->LearnIfDue();
  EXPECT_EQ(Plates(*learning), 0u);
  AddPlates(store_, 0, 100);
  learning->LearnIfDue();
  EXPECT_EQ(Plates(*learning), 100u);
  const auto model = learning->models().Current(kVehicle);
  EXPECT_EQ(model->basis()->learned_at, clock_.now);
  EXPECT_FALSE(learning->models().Current(DefaultSpaces()[0])->basis()) << "no vectors of detail";

  auto again = Open();
  EXPECT_EQ(again->models().Current(kVehicle)->knots(), model->knots());
  EXPECT_EQ(again->models().Current(kVehicle)->basis(), model->basis());
}

TEST_F(SimilarityLearningTest, LearnsAgainAfterAPeriodOrWhenThereIsTwiceAsMuch) {
  AddPlates(store_, 0, 100);
  auto learning = Open();
  learning->LearnIfDue();
  ASSERT_EQ(Plates(*learning), 100u);

  AddPlates(store_, 100, 20);
  learning->LearnIfDue();
  EXPECT_EQ(Plates(*learning), 100u) << "not due";
  clock_.now = clock_.now + (std::chrono::milliseconds(kPeriod).count() - 1);
  learning->LearnIfDue();
  EXPECT_EQ(Plates(*learning), 100u) << "not due yet";
  clock_.now = clock_.now + 1;
  learning->LearnIfDue();
  EXPECT_EQ(Plates(*learning), 120u);

  AddPlates(store_, 120, 130);
  learning->LearnIfDue();
  EXPECT_EQ(Plates(*learning), 250u) << "twice as much";
}

TEST_F(SimilarityLearningTest, AStartDoesNotLearnWhatIsKnown) {
  AddPlates(store_, 0, 100);
  Open()->LearnIfDue();
  AddPlates(store_, 100, 20);
  auto learning = Open();
  learning->LearnIfDue();
  EXPECT_EQ(Plates(*learning), 100u) << "the period goes on over a restart";
}

TEST_F(SimilarityLearningTest, WhatWasStoppedLearnsNothing) {
  AddPlates(store_, 0, 100);
  auto learning = Open();
  learning->Stop();
  learning->LearnIfDue();
  EXPECT_EQ(Plates(*learning), 0u);
}

TEST_F(SimilarityLearningTest, WhatIsDamagedIsLearnedAgain) {
  AddPlates(store_, 0, 100);
  ASSERT_TRUE(store_.store().PutEntry("similarity", "vehicle", "?"));
  auto learning = Open();
  EXPECT_EQ(Plates(*learning), 0u);
  learning->LearnIfDue();
  EXPECT_EQ(Plates(*learning), 100u);
}

}  // namespace
}  // namespace sightline::server
