#include "query/track_continuity.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sightline::query {
namespace {

constexpr double kWindow = 7 * 86'400;
constexpr TimestampMs kNoon{int64_t{19'786} * kMillisecondsPerDay + 12 * 3'600'000};

// Camera n stands n km east of camera 0.
Position PlaceOf(uint32_t camera) { return {0.009 * camera, 0}; }
double Meters(uint32_t a, uint32_t b) {
  return GreatCircleDistance(PlaceOf(a), PlaceOf(b)).value;
}

// All drive from camera 1 to 2 in about a minute, park, and start at 3 in the evening; none is ever
// seen at camera 0, but for some that stand there all day.
std::shared_ptr<const TrackContinuity> Learned() {
  TrackSample sample(100'000);
  for (int plate = 0; plate < 200; ++plate) {
    const auto reading = [&](uint32_t camera, int64_t after_s) {
      return PlateReading{.time = kNoon + plate * 1'000 + after_s * 1'000,
                          .camera_number = camera,
                          .place = PlaceOf(camera)};
    };
    sample.Add("P" + std::to_string(plate),
               std::vector{reading(1, 0), reading(2, 55 + plate % 11), reading(3, 20'000)});
    sample.Add("Q" + std::to_string(plate), std::vector{reading(0, 0), reading(0, 30'000)});
  }
  return TrackContinuity::Learn(sample, [](uint32_t) { return false; });
}

TEST(TrackContinuity, KnowsWhereVehiclesGoNext) {
  const auto learned = Learned();
  const double usual = learned->LogRatio(60, Meters(1, 2), 1, 2, kWindow);
  EXPECT_GT(usual, learned->LogRatio(60, Meters(1, 0), 1, 0, kWindow) + 3);
  EXPECT_GT(learned->LogRatio(20'000, Meters(2, 3), 2, 3, kWindow),
            learned->LogRatio(20'000, Meters(2, 1), 2, 1, kWindow) + 1);
}

TEST(TrackContinuity, KnowsHowLongItTakes) {
  const auto learned = Learned();
  const double usual = learned->LogRatio(60, Meters(1, 2), 1, 2, kWindow);
  EXPECT_GT(usual, learned->LogRatio(200, Meters(1, 2), 1, 2, kWindow) + 3);
  EXPECT_GT(usual, learned->LogRatio(15, Meters(1, 2), 1, 2, kWindow) + 3);
}

TEST(TrackContinuity, OfCamerasNotSeenItKnowsWhatIsUsual) {
  const auto learned = Learned();
  EXPECT_EQ(learned->LogRatio(60, 900, 7, 8, kWindow), learned->LogRatio(60, 900, kWindow));
  const auto assumed = TrackContinuity::Default();
  EXPECT_EQ(assumed->LogRatio(60, 900, 1, 2, kWindow), assumed->LogRatio(60, 900, kWindow));
}

}  // namespace
}  // namespace sightline::query
