#include "query/reading_sample.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::FilledStore;
using testing::StoreKind;

constexpr uint64_t kSeed = 11;

Sighting Reading(const std::string& plate, int day, int64_t ms, int camera) {
  Sighting sighting;
  sighting.camera_id = fmt::format("C{}", camera);
  sighting.time = Day{static_cast<uint16_t>(19'000 + day)}.start() + ms;
  sighting.plate = sighting.plate_read = plate;
  return sighting;
}

std::vector<Sighting> Draw(FilledStore& store, const ReadingSampleLimits& limits) {
  ReadingSampler sampler(store.store(), limits, kSeed);
  return sampler.Draw([](const Sighting&) { return true; }, {}).value();
}

TEST(ReadingSampler, ReadingsOfBusyMinutesAreAsLikelyAsOthers) {
  FilledStore store(StoreKind::kRocksDb);
  std::vector<Sighting> readings;
  // 3,000 in the two minutes of the rush, the first camera seeing most; as many in the rest of day.
  for (int i = 0; i < 3'000; ++i) {
    const int camera = i % 4 == 0 ? i % 20 : 0;
    readings.push_back(Reading(fmt::format("R{}", i), 0, 30'000'000 + i * 40, camera));
    readings.push_back(Reading(fmt::format("Q{}", i), 0, i * 28'000, i % 20));
  }
  store.Add(readings);
  const std::vector<Sighting> drawn = Draw(store, {.readings = 600, .days = 8, .probes = 200'000});
  ASSERT_EQ(drawn.size(), 600u);
  const auto rush = std::ranges::count_if(
      drawn, [](const Sighting& sighting) { return sighting.plate.starts_with('R'); });
  // Half, within four standard deviations of a sample whose readings come some at a time.
  EXPECT_GT(rush, 180);
  EXPECT_LT(rush, 420);
}

TEST(ReadingSampler, EachPlateComesOnceAndAllOfAFewDo) {
  FilledStore store(StoreKind::kMemory);
  std::vector<Sighting> readings;
  for (int i = 0; i < 500; ++i) {
    readings.push_back(Reading(fmt::format("P{}", i % 50), 0, i * 150'000, i % 9));
  }
  store.Add(readings);
  const std::vector<Sighting> drawn = Draw(store, {});
  std::set<std::string> plates;
  for (const Sighting& sighting : drawn) plates.insert(sighting.plate);
  EXPECT_EQ(drawn.size(), 50u);
  EXPECT_EQ(plates.size(), 50u);
}

TEST(ReadingSampler, DaysShareTheSampleTheNewestFirst) {
  FilledStore store(StoreKind::kMemory);
  std::vector<Sighting> readings;
  for (int day = 0; day < 12; ++day) {
    for (int i = 0; i < 400; ++i) {
      readings.push_back(Reading(fmt::format("D{}P{}", day, i), day, i * 200'000, i % 5));
    }
  }
  // The newest day is nearly empty: somebody's clock is wrong.
  readings.push_back(Reading("LATE", 300, 0, 0));
  store.Add(readings);
  const std::vector<Sighting> drawn = Draw(store, {.readings = 200, .days = 6, .probes = 20'000});
  EXPECT_EQ(drawn.size(), 200u);
  std::map<uint16_t, int> days;
  for (const Sighting& sighting : drawn) ++days[DayOf(sighting.time).number];
  EXPECT_LE(days[19'300], 1);
  EXPECT_GE(days[19'011], 40);
  EXPECT_LE(days[19'011], 60);
  EXPECT_GE(days.size(), 4u);
  EXPECT_GE(std::next(days.begin())->first, 19'007);
}

TEST(ReadingSampler, OthersAreOfThePlateAndNeverTheReadingItself) {
  FilledStore store(StoreKind::kMemory);
  std::vector<Sighting> readings;
  for (int i = 0; i < 60; ++i) {
    readings.push_back(Reading("A", 0, i * 1'000'000, 1));
    readings.push_back(Reading(fmt::format("B{}", i), 0, i * 1'000'000, 2));
  }
  store.Add(readings);
  ReadingSampler sampler(store.store(), {}, kSeed);
  const auto any = [](const Sighting&) { return true; };
  for (const Sighting& drawn : sampler.Draw(any, {}).value()) {
    const std::vector<Sighting> others = sampler.Others(drawn, 5, any);
    EXPECT_EQ(others.size(), drawn.plate == "A" ? 5u : 0u);
    for (const Sighting& other : others) {
      EXPECT_EQ(other.plate, drawn.plate);
      EXPECT_NE(other.time, drawn.time);
    }
    EXPECT_TRUE(sampler.Others(drawn, 5, [](const Sighting&) { return false; }).empty());
  }
}

}  // namespace
}  // namespace sightline::query
