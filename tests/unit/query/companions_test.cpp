#include "query/companions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "query/companion_groups.h"
#include "query/false_discovery.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

constexpr uint64_t kSeed = 20'260'301;
constexpr TimestampMs kMonday{int64_t{17'067} * kMillisecondsPerDay};
constexpr int64_t kHour = 3'600'000;
constexpr int kRoad = 14;  // cameras, one behind the other

std::string CameraId(int camera) { return "K" + std::to_string(100 + camera); }

Sighting Reading(TimestampMs time, int camera, std::string plate, std::string color = "red") {
  Sighting sighting;
  sighting.camera_id = CameraId(camera);
  sighting.time = time;
  sighting.plate_read = plate;
  sighting.plate = std::move(plate);
  sighting.location = Position{116 + 0.01 * camera, 40};
  sighting.attributes = {{"color", std::move(color)}};
  return sighting;
}

// One road with lights: who arrives during one red leaves in one queue.
class Town {
 public:
  explicit Town(uint64_t seed) : random_(seed) {
    RecordSeed(seed);
  }

  // A drive from camera `from` to `to` (past it), of all of `plates`, each `gap_ms` behind the
  // last.
  void Drive(TimestampMs start, int from, int to, const std::vector<std::string>& plates,
             int64_t gap_ms = 0) {
    TimestampMs time = start;
    for (int camera = from; camera < to; ++camera) {
      for (size_t i = 0; i < plates.size(); ++i) {
        readings.push_back(Reading(time + static_cast<int64_t>(i) * gap_ms, camera, plates[i]));
      }
      time = time + 35'000 + Below(15'000);
      const int64_t cycle = 60'000;
      const int64_t phase = time.value % cycle;
      if (phase < cycle / 2) time = time + (cycle / 2 - phase) + Below(12'000);
    }
  }

  // Strangers all day long, each once, on a stretch of the road.
  void AddStrangers(int day, int count) {
    for (int i = 0; i < count; ++i) {
      const int from = static_cast<int>(Below(kRoad - 2));
      const int length = 2 + static_cast<int>(Below(kRoad));
      Drive(kMonday + day * kMillisecondsPerDay + 7 * kHour + Below(2 * kHour), from,
            std::min(kRoad, from + length), {"S" + std::to_string(1'000 * day + i)});
    }
  }

  int64_t Below(int64_t limit) {
    return std::uniform_int_distribution<int64_t>(0, limit - 1)(random_);
  }

  std::vector<Sighting> readings;

 private:
  static void RecordSeed(uint64_t seed) {
    ::testing::Test::RecordProperty("seed", std::to_string(seed));
  }

  std::mt19937_64 random_;
};

// The question's usual surroundings.
class Asked {
 public:
  explicit Asked(std::vector<Sighting> readings)
      : store_(StoreKind::kMemory), columns_(store_.store(), ColumnsKind::kIndex) {
    result_ = store_.Add(readings);
  }

  Sources sources() { return {.store = store_.store(), .columns = columns_.get()}; }

  CompanionsAnswer Answer(const CompanionsRequest& request) {
    return FindCompanions(sources(), request, *UnlearnedTravelTimes({}), {}).value();
  }
  CompanionsAnswer Find(const std::string& plate, int32_t within_ms = 10'000) {
    return Answer({.target = {.plate = plate}, .within_ms = within_ms});
  }

  const storage::AppendResult& result() const { return result_; }
  Sequence last() { return store_.store().VisibleSequence(); }

 private:
  FilledStore store_;
  ColumnsBeside columns_;
  storage::AppendResult result_;
};

const Companion* FindPlate(const CompanionsAnswer& answer, const std::string& plate) {
  const auto found = std::ranges::find(answer.companions, plate, &Companion::plate);
  return found == answer.companions.end() ? nullptr : &*found;
}

// Five days of rush hour; T drives each of them, V behind it on three, W on its own at that hour.
Town Week() {
  Town town(kSeed);
  for (int day = 0; day < 5; ++day) {
    const TimestampMs eight = kMonday + day * kMillisecondsPerDay + 8 * kHour;
    town.AddStrangers(day, 250);
    const TimestampMs start = eight + town.Below(20 * kMillisecondsPerMinute);
    if (day % 2 == 0) {
      town.Drive(start, 0, kRoad, {"T1", "V1"}, 7'000);
    } else {
      town.Drive(start, 0, kRoad, {"T1"});
    }
    town.Drive(eight + town.Below(20 * kMillisecondsPerMinute), 0, kRoad, {"W1"});
  }
  return town;
}

TEST(Companions, WhoFollowsOnSeveralTripsRanksFirst) {
  Asked asked(Week().readings);
  const CompanionsAnswer answer = asked.Find("T1");
  ASSERT_FALSE(answer.companions.empty());
  const Companion& first = answer.companions.front();
  EXPECT_EQ(first.plate, "V1");
  EXPECT_TRUE(first.significant);
  EXPECT_EQ(first.cameras, kRoad);
  EXPECT_EQ(first.meetings, 3 * kRoad);
  EXPECT_EQ(first.trips, 3);
  EXPECT_EQ(first.days, 3);
  EXPECT_EQ(first.order, CompanionOrder::kBehind);
  EXPECT_DOUBLE_EQ(first.median_gap_s, 7);
  EXPECT_LT(first.expected, first.meetings);
  EXPECT_EQ(first.evidence.size(), 3 * kRoad);
  EXPECT_EQ(first.evidence.front().other_time - first.evidence.front().time, 7'000);
  EXPECT_EQ(answer.trips, 5);
  EXPECT_EQ(answer.readings, 5 * kRoad);

  const CompanionsAnswer reverse = asked.Find("V1");
  ASSERT_FALSE(reverse.companions.empty());
  EXPECT_EQ(reverse.companions.front().plate, "T1");
  EXPECT_EQ(reverse.companions.front().order, CompanionOrder::kAhead);
  EXPECT_DOUBLE_EQ(reverse.companions.front().median_gap_s, -7);
}

TEST(Companions, TheSameHabitIsNoCompany) {
  Asked asked(Week().readings);
  const CompanionsAnswer answer = asked.Find("T1", 30'000);
  const Companion* commuter = FindPlate(answer, "W1");
  EXPECT_TRUE(commuter == nullptr || !commuter->significant);
  for (const Companion& companion : answer.companions) {
    EXPECT_EQ(companion.significant, companion.plate == "V1") << companion.plate;
  }
}

TEST(Companions, StrangersInOneQueueAreSeldomToldToBeCompanions) {
  Town town(kSeed + 1);
  town.AddStrangers(0, 900);
  Asked asked(town.readings);
  int told = 0;
  constexpr int kVehicles = 200;
  for (int i = 0; i < kVehicles; ++i) {
    const CompanionsAnswer answer = asked.Find("S" + std::to_string(i), 30'000);
    told += std::ranges::any_of(answer.companions, &Companion::significant);
  }
  EXPECT_LE(told, kVehicles / 10);
}

TEST(Companions, AMisreadOfTheCompanionCountsWhereItLooksAlike) {
  for (const bool is_alike : {true, false}) {
    Town town = Week();
    for (Sighting& reading : town.readings) {
      if (reading.plate != "V1" || reading.camera_id != CameraId(5)) continue;
      reading.plate = reading.plate_read = "V7";
      if (!is_alike) reading.attributes[0].value = "white";
    }
    Asked asked(town.readings);
    const CompanionsAnswer answer = asked.Find("T1");
    ASSERT_FALSE(answer.companions.empty());
    EXPECT_EQ(answer.companions.front().plate, "V1");
    EXPECT_EQ(answer.companions.front().cameras, is_alike ? kRoad : kRoad - 1);
    const auto& evidence = answer.companions.front().evidence;
    EXPECT_EQ(std::ranges::count(evidence, "V7", &CompanionMeeting::read_as), is_alike ? 3 : 0);
  }
}

TEST(Companions, ATargetMayBeKnownByItsSightingsOrAFilter) {
  const Town town = Week();
  Asked asked(town.readings);
  CompanionTargetQuery by_id;
  for (size_t i = 0; i < town.readings.size(); ++i) {
    if (town.readings[i].plate == "T1") by_id.sightings.push_back(asked.result().ids[i]);
  }
  const CompanionsAnswer expected = asked.Find("T1");
  EXPECT_EQ(asked.Answer({.target = by_id}).companions, expected.companions);
  EXPECT_EQ(asked.Answer({.target = {.filter = Filter{.plate_pattern = "T1"}}}).companions,
            expected.companions);
  EXPECT_EQ(expected.plates, std::vector<std::string>{"T1"});

  by_id.sightings.front().identity_hash ^= 1;
  const auto unknown =
      FindCompanions(asked.sources(), {.target = by_id}, *UnlearnedTravelTimes({}), {});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
}

TEST(Companions, FiltersChooseWhoIsAnswered) {
  Asked asked(Week().readings);
  EXPECT_EQ(FindPlate(asked.Find("T1", 5'000), "V1"), nullptr);
  const CompanionsAnswer many =
      asked.Answer({.target = {.plate = "T1"}, .min_cameras = kRoad + 1});
  EXPECT_TRUE(many.companions.empty());
  EXPECT_GT(many.hypotheses, 0);
  EXPECT_EQ(asked.Answer({.target = {.plate = "T1"}, .limit = 1}).companions.size(), 1);
  const CompanionsAnswer monday = asked.Answer(
      {.target = {.plate = "T1"}, .time = {kMonday, kMonday + kMillisecondsPerDay}});
  EXPECT_EQ(monday.readings, kRoad);
  EXPECT_TRUE(asked.Find("X404").companions.empty());
}

TEST(Companions, MidnightPartsNobody) {
  std::vector<Sighting> readings;
  const TimestampMs midnight = kMonday + kMillisecondsPerDay;
  for (int i = 0; i < 6; ++i) {
    const TimestampMs time = midnight + (i - 3) * 60'000 - 2'000;
    readings.push_back(Reading(time, i, "T1"));
    readings.push_back(Reading(time + 4'000, i, "V1"));
  }
  Asked asked(readings);
  for (const char* plate : {"T1", "V1"}) {
    const CompanionsAnswer answer = asked.Find(plate);
    ASSERT_EQ(answer.companions.size(), 1);
    EXPECT_EQ(answer.companions[0].meetings, 6);
    EXPECT_EQ(answer.companions[0].trips, 1);
  }
}

TEST(FalseDiscovery, AdjustsForAllThatWereTested) {
  // Benjamini and Hochberg (1995), the first of their example's fifteen.
  const std::vector<double> p_values = {0.0019, 0.0001, 0.0095, 0.0004};
  const std::vector<double> q_values = AdjustForDiscovery(p_values, 15);
  EXPECT_DOUBLE_EQ(q_values[1], 0.0015);
  EXPECT_DOUBLE_EQ(q_values[3], 0.0004 * 15 / 2);
  EXPECT_DOUBLE_EQ(q_values[0], 0.0019 * 15 / 3);
  EXPECT_DOUBLE_EQ(q_values[2], 0.0095 * 15 / 4);
  EXPECT_EQ(AdjustForDiscovery(std::vector<double>{0.9}, 10), std::vector<double>{1.0});
}

CompanionGroupsAnswer AllGroups(Asked& asked, CompanionPairs::State state, int steps,
                                CompanionPairs::State* left) {
  CompanionGroupSearch search(asked.sources(),
                              {.time = {kMonday, kMonday + 7 * kMillisecondsPerDay},
                               .min_cameras = 3,
                               .as_of = asked.last()},
                              UnlearnedTravelTimes({}), std::move(state));
  for (int i = 0; i != steps && search.Step({}).value(); ++i) {
    EXPECT_LE(search.progress(), 1);
  }
  if (left != nullptr) *left = search.state();
  return search.Answer();
}

TEST(CompanionGroups, ThoseThatMoveTogetherAreOneGroup) {
  Town town(kSeed + 2);
  for (int day = 0; day < 5; ++day) {
    town.AddStrangers(day, 200);
    town.Drive(kMonday + day * kMillisecondsPerDay + 7 * kHour + town.Below(kHour), 0, kRoad,
               {"G1", "G2", "G3"}, 6'000);
  }
  Asked asked(town.readings);
  const CompanionGroupsAnswer answer = AllGroups(asked, {}, -1, nullptr);
  ASSERT_EQ(answer.groups.size(), 1) << answer.pairs_weighed << " of " << answer.hypotheses;
  EXPECT_EQ(answer.groups[0].plates, (std::vector<std::string>{"G1", "G2", "G3"}));
  EXPECT_GE(answer.groups[0].pairs.size(), 2);
  EXPECT_GT(answer.hypotheses, 500);

  // Each pair is as sure as the less sure of its sides.
  for (const CompanionPair& pair : answer.groups[0].pairs) {
    std::vector<double> p_values;
    for (const std::string& plate : {pair.plate, pair.other.plate}) {
      std::vector<std::string> others = {"G1", "G2", "G3"};
      std::erase(others, plate);
      const CompanionsAnswer side = asked.Answer(
          {.target = {.plate = plate},
           .time = {kMonday, kMonday + 7 * kMillisecondsPerDay},
           .min_cameras = 3,
           .only = others,
           .as_of = asked.last()});
      const Companion* found =
          FindPlate(side, plate == pair.plate ? pair.other.plate : pair.plate);
      ASSERT_NE(found, nullptr);
      p_values.push_back(found->p_value);
    }
    // But for who else is held against them at the same time.
    const double less_sure = std::max(p_values[0], p_values[1]);
    EXPECT_NEAR(std::log10(pair.other.p_value), std::log10(less_sure), 0.5);
  }

  // Cut short behind the sample, and gone on with.
  CompanionPairs::State left;
  AllGroups(asked, {}, 1, &left);
  const CompanionGroupsAnswer resumed = AllGroups(asked, left, -1, nullptr);
  ASSERT_EQ(resumed.groups.size(), 1);
  EXPECT_EQ(resumed.groups[0].plates, answer.groups[0].plates);
  EXPECT_EQ(resumed.hypotheses, answer.hypotheses);
}

TEST(CompanionGroups, ACancelledSearchEnds) {
  Asked asked(Week().readings);
  CompanionGroupSearch search(asked.sources(),
                              {.time = {kMonday, kMonday + kMillisecondsPerDay},
                               .as_of = asked.last()},
                              UnlearnedTravelTimes({}), {});
  Cancellation cancellation;
  cancellation.Cancel();
  const Result<bool> step = search.Step(cancellation);
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace sightline::query
