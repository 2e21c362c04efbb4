// Habits and common plates of random sightings against plain loops over them, while sightings arrive,
// are corrected, and segments are sealed.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "query/common_plates.h"
#include "query/sighting_search.h"
#include "query/vehicle_habits.h"
#include "tests/model/model_fixture.h"

namespace sightline::query {
namespace {

using testing::ColumnsKind;
using testing::StoreKind;

class HabitsModelTest : public testing::ModelFixture {
 protected:
  void AddSome(int count) {
    std::vector<Sighting> sightings;
    for (int i = 0; i < count; ++i) sightings.push_back(SomeSighting());
    filled_.Add(sightings);
  }

  void ChangeSome() {
    if (OneIn(3)) AddSome(1 + Below(4));
    if (OneIn(4)) CorrectOne();
    if (OneIn(30)) columns_.Seal();
  }

  std::optional<Sequence> SomeSequence() {
    if (!OneIn(4)) return std::nullopt;
    return Below(static_cast<int>(store_.VisibleSequence()) + 1);
  }

  TimeZone SomeZone() {
    static const char* const kZones[] = {"UTC", "Asia/Shanghai", "America/Los_Angeles"};
    return TimeZone::Named(kZones[Below(3)]).value();
  }

  // The rows with a plate, by plate and in order of time.
  std::map<std::string, std::vector<StoredSighting>> Plates(Sequence as_of) const {
    std::map<std::string, std::vector<StoredSighting>> plates;
    for (const StoredSighting& row : filled_.Accepted(as_of)) {
      if (!row.sighting.plate.empty()) plates[row.sighting.plate].push_back(row);
    }
    for (auto& [plate, rows] : plates) {
      std::ranges::stable_sort(rows, {}, [](const StoredSighting& row) {
        return row.sighting.time;
      });
    }
    return plates;
  }

  HabitsRequest SomeHabits(int question) {
    HabitsRequest request{.filter = SomeFilter(question),
                          .min_readings = 1 + static_cast<uint32_t>(Below(4)),
                          .min_cameras = 1 + static_cast<uint32_t>(Below(3)),
                          .night_from_hour = Below(24),
                          .night_to_hour = Below(24),
                          .zone = SomeZone(),
                          .as_of = SomeSequence()};
    if (OneIn(2)) request.night_only = {Below(10) / 10.0, static_cast<uint32_t>(Below(3))};
    if (OneIn(2)) {
      request.frequent = {static_cast<uint32_t>(Below(4)), static_cast<uint32_t>(Below(3))};
    }
    request.first_seen = OneIn(2);
    return request;
  }

  // What is said of a plate, or nothing where it has not the habits that are asked for.
  static std::optional<HabitualVehicle> Judge(const HabitsRequest& request,
                                              const std::string& plate,
                                              const std::vector<StoredSighting>& all) {
    HabitualVehicle vehicle{.plate = plate};
    std::set<std::string> cameras;
    std::set<int64_t> days;
    std::set<int64_t> nights;
    std::map<int64_t, uint32_t> passes;
    uint64_t at_night = 0;
    std::optional<TimestampMs> last;
    for (const StoredSighting& row : all) {
      const Sighting& sighting = row.sighting;
      if (!Matches(request.filter, sighting)) continue;
      ++vehicle.readings;
      cameras.insert(sighting.camera_id);
      const LocalMoment moment = request.zone.LocalMomentOf(sighting.time);
      days.insert(moment.day);
      bool is_night = false;  // from hour to hour, around the clock
      for (int hour = request.night_from_hour; hour != request.night_to_hour;
           hour = (hour + 1) % 24) {
        is_night |= hour == moment.hour();
      }
      if (is_night) {
        ++at_night;
        nights.insert(moment.day);
      }
      if (!last || sighting.time - *last >= 600'000) ++passes[moment.day];
      last = sighting.time;
    }
    vehicle.cameras = static_cast<uint32_t>(cameras.size());
    vehicle.days = static_cast<uint32_t>(days.size());
    vehicle.nights = static_cast<uint32_t>(nights.size());
    if (vehicle.readings < request.min_readings || vehicle.cameras < request.min_cameras) return {};
    vehicle.night_share = static_cast<double>(at_night) / static_cast<double>(vehicle.readings);
    for (const auto& [day, count] : passes) {
      vehicle.passes += count;
      vehicle.busiest_passes = std::max(vehicle.busiest_passes, count);
    }
    for (const int64_t day : days) {
      const auto found = passes.find(day);
      const uint32_t of_day = found == passes.end() ? 0 : found->second;
      vehicle.frequent_days += request.frequent && of_day >= request.frequent->min_passes;
    }
    const auto& night = request.night_only;
    if (night && (vehicle.night_share < night->min_share || vehicle.nights < night->min_nights)) {
      return {};
    }
    if (request.frequent && vehicle.frequent_days < request.frequent->min_days) return {};
    if (request.first_seen) {
      vehicle.first_seen = all.front().sighting.time;
      if (!request.filter.time.Contains(*vehicle.first_seen)) return {};
    }
    return vehicle;
  }
};

TEST_P(HabitsModelTest, VehiclesWithAHabitAreThoseThatALoopFinds) {
  AddSome(600);
  for (int i = 0; i < 60; ++i) CorrectOne();
  columns_.Seal();
  AddSome(200);
  size_t found = 0;
  for (int question = 0; question < 150; ++question) {
    const HabitsRequest request = SomeHabits(question);
    const auto answer = FindHabits(sources_, request, [](double) {}, {});
    ASSERT_TRUE(answer) << answer.error().message;
    std::map<std::string, HabitualVehicle> expected;
    for (const auto& [plate, rows] : Plates(answer->as_of)) {
      if (const auto vehicle = Judge(request, plate, rows)) expected[plate] = *vehicle;
    }
    ASSERT_EQ(answer->found, expected.size()) << "question " << question;
    ASSERT_EQ(answer->vehicles.size(), expected.size()) << "question " << question;
    double before = std::numeric_limits<double>::infinity();
    for (const HabitualVehicle& vehicle : answer->vehicles) {
      ASSERT_TRUE(expected.contains(vehicle.plate)) << vehicle.plate << ", question " << question;
      const HabitualVehicle& of_loop = expected[vehicle.plate];
      const auto told = [](const HabitualVehicle& one) {
        return std::tuple(one.readings, one.cameras, one.days, one.nights, one.night_share,
                          one.passes, one.busiest_passes, one.frequent_days, one.first_seen);
      };
      ASSERT_EQ(told(vehicle), told(of_loop)) << vehicle.plate << ", question " << question;
      ASSERT_LE(vehicle.night_share_low, vehicle.night_share + 1e-12);
      const double rank = request.frequent     ? vehicle.frequent_days
                          : request.night_only ? vehicle.night_share_low
                                               : static_cast<double>(vehicle.readings);
      ASSERT_LE(rank, before) << "question " << question;
      before = rank;
      ASSERT_EQ(vehicle.evidence.size(), std::min<uint64_t>(vehicle.readings, 6));
      for (const HabitEvidence& evidence : vehicle.evidence) {
        const auto row = store_.GetSighting(evidence.id, answer->as_of);
        ASSERT_TRUE(row) << "question " << question;
        ASSERT_EQ(row->sighting.plate, vehicle.plate);
        ASSERT_EQ(row->sighting.camera_id, evidence.camera_id);
        ASSERT_TRUE(Matches(request.filter, row->sighting));
      }
    }
    found += answer->found;
    ChangeSome();
  }
  EXPECT_GT(found, 30u);
}

TEST_P(HabitsModelTest, TheFirstOfManyAreKept) {
  AddSome(800);
  HabitsRequest request{.first_seen = true, .min_readings = 1, .min_cameras = 1,
                        .zone = SomeZone()};
  const HabitsAnswer all = FindHabits(sources_, request, [](double) {}, {}).value();
  ASSERT_EQ(all.vehicles.size(), 5u);
  request.most = 2;
  const HabitsAnswer two = FindHabits(sources_, request, [](double) {}, {}).value();
  EXPECT_EQ(two.found, 5u);
  ASSERT_EQ(two.vehicles.size(), 2u);
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(two.vehicles[i].plate, all.vehicles[i].plate);
}

TEST_P(HabitsModelTest, CommonPlatesAreThoseThatALoopFinds) {
  AddSome(500);
  for (int i = 0; i < 60; ++i) CorrectOne();
  columns_.Seal();
  AddSome(200);
  size_t found = 0;
  for (int question = 0; question < 100; ++question) {
    // What is merged is modelled by scene_misreads_test.cpp.
    CommonPlatesRequest request{
        .min_visits = 2, .merge_misreads = false, .zone = SomeZone(), .as_of = SomeSequence()};
    const int visits = 2 + Below(3);
    for (int i = 0; i < visits; ++i) {
      request.visits.push_back(SomeFilter(question));
      request.visits.back().time = SomeInterval();
    }
    request.min_visits = 2 + static_cast<uint32_t>(Below(visits - 1));
    const auto answer = FindCommonPlates(sources_, request, {});
    ASSERT_TRUE(answer) << answer.error().message;

    std::map<std::string, std::set<uint32_t>> present;
    std::vector<uint64_t> readings(request.visits.size());
    for (const auto& [plate, rows] : Plates(answer->as_of)) {
      for (const StoredSighting& row : rows) {
        for (uint32_t visit = 0; visit < request.visits.size(); ++visit) {
          if (!Matches(request.visits[visit], row.sighting)) continue;
          ++readings[visit];
          present[plate].insert(visit);
        }
      }
    }
    ASSERT_EQ(answer->readings, readings) << "question " << question;
    ASSERT_EQ(answer->candidates, present.size()) << "question " << question;
    std::erase_if(present, [&](const auto& one) {
      return one.second.size() < request.min_visits;
    });
    ASSERT_EQ(answer->plates.size(), present.size()) << "question " << question;
    double before = 0;
    for (size_t i = 0; i < answer->plates.size(); ++i) {
      const CommonPlate& plate = answer->plates[i];
      ASSERT_TRUE(present.contains(plate.plate));
      const std::set<uint32_t> visited(plate.visits.begin(), plate.visits.end());
      ASSERT_EQ(visited, present[plate.plate]) << "question " << question;
      for (const SceneReading& reading : plate.evidence) {
        const auto row = store_.GetSighting(reading.id, answer->as_of);
        ASSERT_TRUE(row);
        ASSERT_EQ(row->sighting.plate, plate.plate);
        ASSERT_TRUE(Matches(request.visits[reading.visit], row->sighting));
      }
      // By all outcomes of the scenes, one after the other.
      double p_value = 0;
      for (uint32_t outcome = 0; outcome < (1u << visits); ++outcome) {
        double chance = 1;
        size_t there = 0;
        for (int visit = 0; visit < visits; ++visit) {
          const bool is_there = outcome >> visit & 1;
          there += is_there;
          chance *= is_there ? plate.chances[visit] : 1 - plate.chances[visit];
        }
        if (there >= plate.visits.size()) p_value += chance;
      }
      ASSERT_NEAR(plate.p_value, p_value, 1e-12) << "question " << question;
      ASSERT_GE(plate.p_value, before);
      before = plate.p_value;
      // Benjamini and Hochberg: the least of m p / rank over this rank and those behind it.
      double q_value = 1;
      for (size_t rank = i; rank < answer->plates.size(); ++rank) {
        q_value = std::min(q_value, static_cast<double>(answer->candidates) *
                                        answer->plates[rank].p_value /
                                        static_cast<double>(rank + 1));
      }
      ASSERT_NEAR(plate.q_value, q_value, 1e-12) << "question " << question;
      ASSERT_EQ(plate.significant, plate.q_value <= kFalseDiscoveryRate);
    }
    found += answer->plates.size();
    ChangeSome();
  }
  EXPECT_GT(found, 30u);
}

INSTANTIATE_TEST_SUITE_P(
    Stores, HabitsModelTest,
    ::testing::Values(std::tuple(StoreKind::kMemory, ColumnsKind::kNone),
                      std::tuple(StoreKind::kMemory, ColumnsKind::kIndex),
                      std::tuple(StoreKind::kRocksDb, ColumnsKind::kIndex)),
    [](const auto& test) {
      return testing::StoreKindName(std::get<0>(test.param)) +
             testing::ColumnsKindName(std::get<1>(test.param));
    });

}  // namespace
}  // namespace sightline::query
