// One plate's readings in a small town, told as stories.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "query/cloned_plates.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kMonday{int64_t{19'786} * kMillisecondsPerDay};
constexpr int kEast = 20;  // the town's cameras stand on one road, 2 km apart, from west to east
const std::string kPlate = "粤B12345";

struct Looks {
  std::string color = "white";
  std::string model = "Santana";
  double confidence = 0.97;
};

class Story {
 public:
  // Drives past the cameras from one to the other, both too, a minute and a half for each.
  void Drive(int day, double hour, int from, int to, const Looks& looks, char driver) {
    TimestampMs time = kMonday + day * kMillisecondsPerDay +
                       static_cast<int64_t>(hour * 3'600'000);
    for (int camera = from;; camera += from < to ? 1 : -1) {
      See(time, camera, looks, driver);
      if (camera == to) return;
      time = time + 90'000;
    }
  }

  void See(TimestampMs time, int camera, const Looks& looks, char driver) {
    Sighting& sighting = sightings_.emplace_back();
    sighting.camera_id = "K" + std::to_string(100 + camera);
    sighting.source_id = driver + std::to_string(sightings_.size());
    sighting.time = time;
    sighting.plate = sighting.plate_read = kPlate;
    sighting.plate_confidence = looks.confidence;
    sighting.location = Position{0.018 * camera, 22};
    sighting.attributes = {{"color", looks.color}, {"model", looks.model}};
  }

  // To work in the morning and back in the evening, from Monday (0) on.
  void Commute(int from_day, int to_day, int home, int work, double hour, const Looks& looks,
               char driver) {
    for (int day = from_day; day < to_day; ++day) {
      Drive(day, hour, home, work, looks, driver);
      Drive(day, hour + 9, work, home, looks, driver);
    }
  }

  // Judged by the readings from `from_day` on.
  std::optional<Conflict> Judge(int from_day = 0) {
    FilledStore store(StoreKind::kMemory);
    store.Add(sightings_);
    ColumnsBeside columns(store.store(), ColumnsKind::kPlain);
    const Sources sources{store.store(), columns.get(), nullptr};
    const Sequence as_of = store.store().VisibleSequence();
    const Cancellation cancellation;
    const auto readings =
        ReadingsOfPlate(sources, kPlate,
                        {kMonday + from_day * kMillisecondsPerDay, kMonday + kMillisecondsPerDay * 30},
                        as_of, cancellation)
            .value();
    drivers_.clear();
    for (const StoredSighting& stored : store.Accepted(as_of)) {
      drivers_[stored.id] = stored.sighting.source_id->front();
    }
    const SweepModels models{.travel_times = UnlearnedTravelTimes(TravelBound{}),
                             .known_faults = {},
                             .continuity = nullptr,
                             .known_vehicles = {}};
    return JudgePlate(sources, kPlate, readings, as_of, models, cancellation).value();
  }

  // Who drove what was told to be one vehicle: "a" or, where it is mixed, "ab".
  std::string DriversOf(const ConflictVehicle& vehicle) const {
    std::set<char> drivers;
    for (const SightingId& id : vehicle.sightings) drivers.insert(drivers_.at(id));
    return {drivers.begin(), drivers.end()};
  }

 private:
  std::vector<Sighting> sightings_;
  std::map<SightingId, char> drivers_;
};

TEST(PlateJudge, OneVehicleIsNoConflict) {
  Story story;
  story.Commute(0, 5, 2, 9, 8, {}, 'a');
  EXPECT_FALSE(story.Judge());
}

TEST(PlateJudge, ACloneOfTheSameLooksIsSplitByItsRoadsAndPlaces) {
  Story story;
  story.Commute(0, 5, 2, 9, 8, {}, 'a');
  story.Commute(0, 5, 18, 12, 8.05, {}, 'b');
  const auto conflict = story.Judge();
  ASSERT_TRUE(conflict);
  EXPECT_EQ(conflict->kind, ConflictKind::kCloned);
  ASSERT_EQ(conflict->vehicles.size(), 2U);
  for (const ConflictVehicle& vehicle : conflict->vehicles) {
    EXPECT_EQ(story.DriversOf(vehicle).size(), 1U) << story.DriversOf(vehicle);
  }
}

TEST(PlateJudge, ACloneThatLooksDifferentIsSplitWhereRoadsCross) {
  Story story;
  story.Commute(0, 5, 2, 15, 8, {}, 'a');
  story.Commute(0, 5, 15, 2, 8.05, {.color = "red", .model = "Jetta"}, 'b');
  const auto conflict = story.Judge();
  ASSERT_TRUE(conflict);
  EXPECT_EQ(conflict->kind, ConflictKind::kCloned);
  ASSERT_EQ(conflict->vehicles.size(), 2U);
  for (const ConflictVehicle& vehicle : conflict->vehicles) {
    EXPECT_EQ(story.DriversOf(vehicle).size(), 1U) << story.DriversOf(vehicle);
  }
}

TEST(PlateJudge, TheVehicleThatWasThereFirstIsLikelyGenuine) {
  Story story;
  story.Commute(0, 7, 2, 9, 8, {}, 'a');
  story.Commute(4, 7, 18, 12, 8.05, {}, 'b');
  const auto conflict = story.Judge();
  ASSERT_TRUE(conflict);
  ASSERT_EQ(conflict->vehicles.size(), 2U);
  EXPECT_TRUE(conflict->vehicles[0].likely_genuine);
  EXPECT_EQ(story.DriversOf(conflict->vehicles[0]), "a");
}

TEST(PlateJudge, ReadingsFromBeforeTheWindowTellWhichIsGenuine) {
  Story story;
  story.Commute(0, 14, 2, 9, 8, {}, 'a');
  story.Commute(7, 14, 18, 12, 7.95, {}, 'b');
  const auto conflict = story.Judge(7);
  ASSERT_TRUE(conflict);
  ASSERT_EQ(conflict->vehicles.size(), 2U);
  EXPECT_EQ(story.DriversOf(conflict->vehicles[0]), "a");
  EXPECT_TRUE(conflict->vehicles[0].likely_genuine);
  const auto& reasons = conflict->vehicles[0].reasons;
  EXPECT_NE(std::ranges::find(reasons, "the plate's readings from before are like its own alone"),
            reasons.end());
}

TEST(PlateJudge, TwoConfidentReadingsThatLookDifferentAreAClone) {
  Story story;
  story.Commute(0, 5, 2, 9, 8, {}, 'a');
  story.Drive(0, 8, kEast - 1, kEast, {.color = "red", .model = "Jetta", .confidence = 0.995}, 'b');
  const auto conflict = story.Judge();
  ASSERT_TRUE(conflict);
  EXPECT_EQ(conflict->kind, ConflictKind::kCloned);
}

TEST(PlateJudge, OneConfidentReadingThatLooksDifferentLeavesACloneLikely) {
  Story story;
  story.Commute(0, 5, 2, 9, 8, {}, 'a');
  story.See(kMonday + int64_t{8 * 3'600'000}, kEast,
            {.color = "red", .model = "Jetta", .confidence = 0.995}, 'b');
  const auto conflict = story.Judge();
  ASSERT_TRUE(conflict);
  EXPECT_GT(conflict->probabilities[static_cast<size_t>(ConflictKind::kCloned)], 0.1);
}

TEST(PlateJudge, OneDoubtfulReadingIsAMisread) {
  Story story;
  story.Commute(0, 5, 2, 9, 8, {}, 'a');
  story.See(kMonday + int64_t{8 * 3'600'000}, kEast,
            {.color = "red", .model = "Jetta", .confidence = 0.6}, 'b');
  const auto conflict = story.Judge();
  ASSERT_TRUE(conflict);
  EXPECT_EQ(conflict->kind, ConflictKind::kMisread);
}

TEST(PlateJudge, OneReadingThatLooksTheSameIsACameraThatErrs) {
  Story story;
  story.Commute(0, 5, 2, 9, 8, {}, 'a');
  story.See(kMonday + int64_t{8 * 3'600'000}, kEast, {.confidence = 0.995}, 'a');
  const auto conflict = story.Judge();
  ASSERT_TRUE(conflict);
  EXPECT_TRUE(conflict->kind == ConflictKind::kClock || conflict->kind == ConflictKind::kPosition);
}

}  // namespace
}  // namespace sightline::query
