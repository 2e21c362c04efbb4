// Learning from a store: corrections, readings that stick out, and what is kept of them.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "query/learn_plate_reading.h"
#include "query/plate_reading_model.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kMorning{int64_t{17'065} * kMillisecondsPerDay + 8 * 3'600'000};
constexpr int kCameras = 10;  // a kilometre apart

Sighting Reading(std::string plate, int camera, TimestampMs time) {
  Sighting sighting;
  sighting.camera_id = fmt::format("C{}", camera);
  sighting.time = time;
  sighting.plate_read = plate;
  sighting.plate = std::move(plate);
  sighting.location = Position{116.3 + 0.0117 * camera, 39.9};
  return sighting;
}

// Vehicles that drive past all cameras, two minutes apart, each day at their own hour.
std::vector<Sighting> Drive(const std::string& plate, int vehicle) {
  std::vector<Sighting> readings;
  const TimestampMs start = kMorning + int64_t{vehicle} * 47 * kMillisecondsPerMinute;
  for (int camera = 0; camera < kCameras; ++camera) {
    readings.push_back(Reading(plate, camera, start + camera * 2 * kMillisecondsPerMinute));
  }
  return readings;
}

std::string Plate(int vehicle) { return fmt::format("京A{:05}", 10'000 + vehicle * 7'919 % 80'000); }

class LearnPlateReadingTest : public ::testing::Test {
 protected:
  PlateReadingData Learn() {
    return LearnPlateReading(store_.store(), DefaultPlateReadingData().prior, {}, {}).value();
  }

  FilledStore store_{StoreKind::kMemory};
};

TEST_F(LearnPlateReadingTest, AReadingThatSticksOutOfATrackTeachesItsCamerasConfusion) {
  // Camera 4 reads every 1 as X, which no assumption has.
  size_t misreads = 0;
  for (int vehicle = 0; vehicle < 120; ++vehicle) {
    std::vector<Sighting> readings = Drive(Plate(vehicle), vehicle % 20);
    std::string& plate = readings[4].plate;
    if (const size_t one = plate.find('1'); one != std::string::npos) {
      plate[one] = 'X';
      ++misreads;
    }
    store_.Add(readings);
  }
  const PlateReadingData data = Learn();
  const PlateReadingModel model(data);
  EXPECT_GT(model.ConfusionProbability(U'1', U'X'), 0.7);
  EXPECT_GT(model.MisreadRate("C4"), 4 * model.MisreadRate("C5"));
  EXPECT_NEAR(data.counts.misreads, static_cast<double>(misreads),
              0.2 * static_cast<double>(misreads));
  EXPECT_EQ(data.counts.learned_as_of, store_.store().VisibleSequence());
}

TEST_F(LearnPlateReadingTest, SightingsOfThePastAreLearnedFromWheneverTheyCome) {
  const PlateReadingData before = Learn();
  EXPECT_EQ(before.counts.readings, 0);
  store_.Add({Reading("京A12345", 1, TimestampMs{kMorning.value + kMillisecondsPerDay})});
  const PlateReadingData little = Learn();
  for (int vehicle = 0; vehicle < 20; ++vehicle) store_.Add(Drive(Plate(vehicle), vehicle));
  EXPECT_GT(Learn().counts.readings, little.counts.readings + 100);
}

TEST_F(LearnPlateReadingTest, RealNeighboursTeachNoConfusion) {
  // Beside every plate one with an X for its first digit, which drives on its own at another hour.
  for (int vehicle = 0; vehicle < 120; ++vehicle) {
    std::string neighbour = Plate(vehicle);
    neighbour[4] = 'X';
    store_.Add(Drive(Plate(vehicle), vehicle % 20));
    store_.Add(Drive(neighbour, (vehicle + 7) % 20));
  }
  const PlateReadingData data = Learn();
  EXPECT_LT(data.counts.misreads, 0.005 * data.counts.readings);
  EXPECT_GT(data.counts.other_plates + data.counts.alike_plates, 100);
}

TEST_F(LearnPlateReadingTest, CorrectionsTeachConfusionsAlone) {
  const auto added = store_.Add({Reading("京AQ1234", 1, kMorning), Reading("京AQ5678", 1, kMorning)});
  Correction correction;
  correction.plate = "京AM1234";
  store_.Correct(added.ids[0], correction);
  correction.plate = "京AM5678";
  store_.Correct(added.ids[1], correction);
  Correction other;
  other.attributes = {{"color", std::string("red")}};
  store_.Correct(added.ids[0], other);

  const PlateReadingData learned = Learn();
  const auto pair = std::pair(U'M', U'Q');
  ASSERT_TRUE(learned.counts.confusions.contains(pair));
  EXPECT_NEAR(learned.counts.confusions.at(pair), 2, 1e-9);
  EXPECT_NEAR(learned.counts.cameras.at("C1").confusions.at(pair), 2, 1e-9);
  EXPECT_EQ(learned.counts.misreads, 0);  // how often it happens, they do not say
}

TEST_F(LearnPlateReadingTest, WhatWasLearnedIsFoundAgainOnTopOfTheAssumptionsInForce) {
  PlateReadingData learned = DefaultPlateReadingData();
  learned.counts.confusions[{U'A', U'4'}] = 12;
  ASSERT_TRUE(SavePlateReading(store_.store(), learned));
  PlateReadingPrior prior = DefaultPlateReadingData().prior;
  prior.misread_rate = 0.2;
  const PlateReadingData loaded = LoadPlateReading(store_.store(), prior).value();
  EXPECT_EQ(loaded.counts, learned.counts);
  EXPECT_EQ(loaded.prior, prior);

  ASSERT_TRUE(store_.store().PutEntry("plate_models", "learned", "format\t1\nnonsense\n"));
  const auto damaged = LoadPlateReading(store_.store(), prior);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::kCorruption);
}

TEST_F(LearnPlateReadingTest, StopsWhenCancelled) {
  store_.Add(Drive(Plate(1), 1));
  Cancellation cancelled;
  cancelled.Cancel();
  std::vector<Sighting> many;
  for (int i = 0; i < 2'000; ++i) many.push_back(Reading(Plate(i), i % kCameras, kMorning + i));
  store_.Add(many);
  const auto learned =
      LearnPlateReading(store_.store(), DefaultPlateReadingData().prior, {}, cancelled);
  ASSERT_FALSE(learned);
  EXPECT_EQ(learned.error().code, ErrorCode::kCancelled);
}

TEST_F(LearnPlateReadingTest, ASampleOfPlatesTeachesTheSameRates) {
  for (int vehicle = 0; vehicle < 600; ++vehicle) {
    std::vector<Sighting> readings = Drive(Plate(vehicle), vehicle % 20);
    if (vehicle % 2 == 0) readings[static_cast<size_t>(vehicle / 2 % kCameras)].plate[6] = 'X';
    store_.Add(readings);
  }
  PlateLearningLimits limits;
  limits.plates = 400;
  const PlateReadingModel sampled(
      LearnPlateReading(store_.store(), DefaultPlateReadingData().prior, limits, {}).value());
  const PlateReadingModel whole(Learn());
  EXPECT_NEAR(whole.MisreadRate(), 0.05, 0.01);
  EXPECT_NEAR(sampled.MisreadRate() / whole.MisreadRate(), 1, 0.4);
}

}  // namespace
}  // namespace sightline::query
