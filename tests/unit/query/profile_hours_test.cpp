// Hours, nights and the first sighting of a profile against plain loops over what was stored.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "query/profile.h"
#include "query/resting_places.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

// Over the change of clocks in America (12 March 2017).
constexpr TimestampMs kStart{int64_t{17'230} * kMillisecondsPerDay};

TEST(ProfileHours, AreThoseThatALoopCounts) {
  static const char* const kZones[] = {"UTC", "Asia/Shanghai", "America/Los_Angeles",
                                       "Asia/Kathmandu"};
  for (uint64_t seed = 1; seed <= 24; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    FilledStore filled(StoreKind::kMemory);
    std::vector<Sighting> sightings;
    std::set<int64_t> taken;
    for (size_t i = 0, count = 20 + random() % 100; i < count; ++i) {
      // A quarter of an hour apart at least: every step between cameras 100 m apart can be driven.
      const auto slot = static_cast<int64_t>(random() % (14 * 96));
      if (!taken.insert(slot).second) continue;
      const auto camera = static_cast<int>(random() % 4);
      Sighting& sighting = sightings.emplace_back();
      sighting.camera_id = "c" + std::to_string(camera);
      sighting.time = kStart + slot * 900'000;
      sighting.plate = sighting.plate_read = random() % 5 == 0 ? "B1" : "A1";
      sighting.location = Position{camera * 0.001, 0};
    }
    std::ranges::shuffle(sightings, random);
    const size_t half = sightings.size() / 2;
    filled.Add(std::span(sightings).first(half));
    const Sequence before = filled.store().VisibleSequence();
    filled.Add(std::span(sightings).subspan(half));

    ColumnsBeside columns(filled.store(), ColumnsKind::kIndex);
    const Sources sources{.store = filled.store(), .columns = columns.get()};
    const TimeZone zone = TimeZone::Named(kZones[seed % 4]).value();
    const bool is_early = seed % 3 == 0;
    const Interval time{kStart + static_cast<int64_t>(random() % 5) * kMillisecondsPerDay,
                        kStart + static_cast<int64_t>(7 + random() % 7) * kMillisecondsPerDay};
    ProfileRequest request{.plate = "A1", .time = time, .zone = zone, .as_of = {}};
    if (is_early) request.as_of = before;
    const Profile profile =
        ProfileOf(sources, request, {.travel_times = UnlearnedTravelTimes({}), .faults = {}}, {})
            .value();

    std::array<std::array<uint32_t, 24>, 7> hours = {};
    std::set<std::string> days;
    std::optional<TimestampMs> first;
    std::optional<TimestampMs> last;
    uint64_t count = 0;
    double all = 0;
    double night = 0;
    double weekend = 0;
    for (size_t i = 0; i < (is_early ? half : sightings.size()); ++i) {
      const Sighting& sighting = sightings[i];
      if (sighting.plate != "A1") continue;
      ++count;
      first = std::min(first.value_or(sighting.time), sighting.time);
      last = std::max(last.value_or(sighting.time), sighting.time);
      if (!time.Contains(sighting.time)) continue;
      // By the clock on the wall.
      const std::string wall = zone.Format(sighting.time);
      const int hour = std::stoi(wall.substr(11, 2));
      days.insert(wall.substr(0, 10));
      const int64_t local = sighting.time + zone.OffsetAt(sighting.time) - TimestampMs{};
      const auto weekday = static_cast<size_t>((local / kMillisecondsPerDay + 3) % 7);  // Monday
      ++hours[weekday][static_cast<size_t>(hour)];
      ++all;
      night += hour >= kNightFromHour || hour < kNightToHour;
      weekend += weekday >= 5;
    }
    EXPECT_EQ(profile.set_aside, 0u);
    EXPECT_EQ(profile.readings.size(), static_cast<size_t>(all));
    EXPECT_EQ(profile.hours_by_weekday, hours);
    EXPECT_EQ(profile.days, days.size());
    EXPECT_DOUBLE_EQ(profile.night_share, all > 0 ? night / all : 0);
    EXPECT_DOUBLE_EQ(profile.weekend_share, all > 0 ? weekend / all : 0);
    EXPECT_EQ(profile.first_seen, first);
    EXPECT_EQ(profile.last_seen, last);
    EXPECT_EQ(profile.count, count);
  }
}

}  // namespace
}  // namespace sightline::query
