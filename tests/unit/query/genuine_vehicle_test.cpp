#include "query/genuine_vehicle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sightline::query {
namespace {

constexpr int64_t kHour = 3'600'000;
constexpr TimestampMs kMonday{int64_t{19'786} * kMillisecondsPerDay};

// Read in the morning and in the evening of each of the days [from, to), but of every `each`th alone.
VehicleHabits Life(int from, int to, int each = 1) {
  std::vector<TrackReading> readings;
  for (int day = from; day < to; ++day) {
    if ((day - from) % each != 0) continue;
    for (const int hour : {8, 18}) {
      TrackReading& reading = readings.emplace_back();
      reading.time = kMonday + day * kMillisecondsPerDay + hour * kHour;
      reading.place = Position{0, hour == 8 ? 22.5 : 22.6};
      reading.reading.time = reading.time;
      reading.reading.place = reading.place;
      reading.reading.camera_number = static_cast<uint32_t>(hour);
    }
  }
  return HabitsOf(readings, *UnlearnedTravelTimes(TravelBound{}));
}

TEST(LateStartEvidence, GrowsWithTheDaysOnWhichItWasNotThere) {
  const VehicleHabits daily = Life(0, 5);
  double last = LateStartEvidence(daily, 0, 7);
  EXPECT_LT(last, 0);  // what was there first is less likely a clone
  for (const double late : {1.0, 2.0, 3.0}) {
    const double evidence = LateStartEvidence(daily, late, 7);
    EXPECT_GT(evidence, last);
    last = evidence;
  }
  EXPECT_GT(last, 3);
}

TEST(LateStartEvidence, IsWeakForAVehicleThatSeldomDrives) {
  EXPECT_LT(LateStartEvidence(Life(0, 9, 3), 2, 9), 1);
  EXPECT_GT(LateStartEvidence(Life(0, 9), 2, 9), 2);
}

TEST(GuessGenuine, NamesTheOneThatWasThereFirst) {
  const std::vector<VehicleHabits> vehicles = {Life(4, 7), Life(0, 7)};
  const std::vector<VehiclePapers> unknown(2);
  const GenuineGuess guess = GuessGenuine(vehicles, unknown);
  ASSERT_TRUE(guess.vehicle);
  EXPECT_EQ(*guess.vehicle, 1U);
  EXPECT_GT(guess.probability, 0.95);
  EXPECT_EQ(guess.reasons[0].front(), "first read 4.0 days after the first of them");
  EXPECT_EQ(guess.reasons[1].front(), "the first of them that was read");
}

TEST(GuessGenuine, IsNotSureOfVehiclesThatLiveAlike) {
  const std::vector<VehicleHabits> vehicles = {Life(0, 7), Life(0, 7)};
  const std::vector<VehiclePapers> unknown(2);
  EXPECT_NEAR(GuessGenuine(vehicles, unknown).probability, 0.5, 1e-9);
}

TEST(GuessGenuine, TheLooksMayContradictThePlate) {
  const std::vector<VehicleHabits> vehicles = {Life(0, 7), Life(0, 7)};
  const std::vector<VehiclePapers> fits = {{.fits_plate = false, .sticker = {}},
                                           {.fits_plate = true, .sticker = {}}};
  const GenuineGuess guess = GuessGenuine(vehicles, fits);
  EXPECT_EQ(*guess.vehicle, 1U);
  EXPECT_GT(guess.probability, 0.8);
}

TEST(GuessGenuine, AnInspectionStickerSpeaksForAVehicle) {
  const std::vector<VehicleHabits> vehicles = {Life(0, 7), Life(0, 7)};
  const std::vector<VehiclePapers> papers = {{.fits_plate = {}, .sticker = true},
                                             {.fits_plate = {}, .sticker = false}};
  const GenuineGuess guess = GuessGenuine(vehicles, papers);
  EXPECT_EQ(*guess.vehicle, 0U);
  EXPECT_GT(guess.probability, 0.8);
  EXPECT_LT(guess.probability, 0.95);
  EXPECT_NE(std::ranges::find(guess.reasons[1], "it bears no inspection sticker"),
            guess.reasons[1].end());
}

}  // namespace
}  // namespace sightline::query
