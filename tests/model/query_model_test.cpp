// Random sightings and random questions against brute force: a vector, sorted and filtered by
// Matches. Values are drawn from few, so that equal times, crowded minutes and empty answers are
// common. Sightings go on arriving between the pages.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "query/sighting_search.h"
#include "query/trajectory.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kFirstDay{int64_t{17'065} * kMillisecondsPerDay};
constexpr int kDays = 4;

// SIGHTLINE_TEST_SEED repeats a run.
uint64_t Seed() {
  if (const char* given = std::getenv("SIGHTLINE_TEST_SEED")) return std::stoull(given);
  return std::random_device()();
}

class QueryModelTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  QueryModelTest() {
    const uint64_t seed = Seed();
    std::cout << "seed " << seed << std::endl;
    RecordProperty("seed", std::to_string(seed));
    random_.seed(seed);
  }

  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  bool OneIn(int n) { return Below(n) == 0; }

  // Some 50 instants a day around a few minutes, first and last of the day among them.
  TimestampMs SomeTime() {
    static constexpr int64_t kMinutes[] = {0, 1, 2, 600, 601, 1439};
    const int64_t minute = kMinutes[Below(std::size(kMinutes))];
    static constexpr int64_t kWithin[] = {0, 1, 30'000, 30'001, 59'998, 59'999};
    const int64_t within = kWithin[Below(std::size(kWithin))];
    return kFirstDay + Below(kDays) * kMillisecondsPerDay + minute * kMillisecondsPerMinute + within;
  }

  std::string SomeCamera() {
    static const std::string kCameras[] = {"é", "b", "a", "B", "zz", "z", "K-0012"};
    return kCameras[Below(std::size(kCameras))];
  }

  std::string SomePlate() {
    static const std::string kPlates[] = {"", "A1", "A12", "B1", "京A1", "京B2"};
    return kPlates[Below(std::size(kPlates))];
  }

  Sighting SomeSighting() {
    Sighting sighting;
    if (!OneIn(3)) sighting.source_id = std::to_string(Below(1'000'000));
    sighting.camera_id = SomeCamera();
    sighting.time = SomeTime();
    sighting.plate = SomePlate();
    sighting.plate_read = sighting.plate;
    if (!OneIn(4)) sighting.location = Position{double(Below(5)), double(Below(5))};
    if (OneIn(2)) sighting.attributes.push_back({"color", OneIn(2) ? "red" : "gray"});
    if (OneIn(2)) sighting.attributes.push_back({"doors", int64_t{2 + Below(3)}});
    return sighting;
  }

  void AddSome(FilledStore& filled, int count) {
    std::vector<Sighting> sightings;
    for (int i = 0; i < count; ++i) sightings.push_back(SomeSighting());
    filled.Add(sightings);
  }

  Interval SomeInterval() {
    if (OneIn(3)) return {};
    const TimestampMs a = SomeTime() + Below(3) - 1;
    const TimestampMs b = SomeTime() + Below(3) - 1;
    return OneIn(10) ? Interval{std::max(a, b), std::min(a, b)}
                     : Interval{std::min(a, b), std::max(a, b)};
  }

  Filter SomeFilter() {
    Filter filter{.time = SomeInterval()};
    static const std::string kPatterns[] = {"A1", "京B2", "A*", "?1", "*1", "X", "*"};
    if (OneIn(3)) filter.plate_pattern = kPatterns[Below(std::size(kPatterns))];
    if (OneIn(3)) {
      filter.cameras.emplace();
      for (int i = Below(4); i > 0; --i) filter.cameras->push_back(SomeCamera());
      if (OneIn(4)) filter.cameras->push_back("unknown");
    }
    if (OneIn(6)) {
      const double west = Below(4);
      const double south = Below(4);
      filter.area = Area{
          {{{{west, south}, {west + 2, south}, {west + 2, south + 2}, {west, south}}}}};
    }
    if (OneIn(6)) filter.near = Circle{{double(Below(5)), double(Below(5))}, {120'000}};
    if (OneIn(6)) filter.attributes.push_back({"color", {"red"}});
    if (OneIn(6)) filter.attributes.push_back({"doors", {2.0, int64_t{3}}});
    return filter;
  }

  std::mt19937_64 random_;
};

SearchPosition PositionOf(const StoredSighting& row) {
  return {row.sighting.time, row.sighting.camera_id, row.id};
}

std::vector<StoredSighting> BruteForce(const FilledStore& filled, const Filter& filter,
                                       TimeOrder order, Sequence as_of) {
  std::vector<StoredSighting> rows = filled.Accepted(as_of);
  std::erase_if(rows, [&](const StoredSighting& row) { return !Matches(filter, row.sighting); });
  std::sort(rows.begin(), rows.end(), [&](const StoredSighting& a, const StoredSighting& b) {
    const int64_t sign = order == TimeOrder::kAscending ? 1 : -1;
    return std::tuple(sign * a.sighting.time.value, a.sighting.camera_id, a.id.ToString()) <
           std::tuple(sign * b.sighting.time.value, b.sighting.camera_id, b.id.ToString());
  });
  return rows;
}

TEST_P(QueryModelTest, PagesEqualBruteForceWhileSightingsArrive) {
  FilledStore filled(GetParam());
  AddSome(filled, 1500);
  for (int question = 0; question < 200; ++question) {
    SearchRequest request{.filter = SomeFilter(),
                          .order = OneIn(2) ? TimeOrder::kAscending : TimeOrder::kDescending};
    if (OneIn(4)) request.as_of = Below(static_cast<int>(filled.store().VisibleSequence()) + 1);
    const size_t page = OneIn(5) ? 10'000 : 1 + Below(OneIn(2) ? 5 : 400);
    std::vector<StoredSighting> rows;
    Sequence as_of = 0;
    bool ended = false;
    for (int pages = 0; pages < 40; ++pages) {
      SightingSearch search(filled.store(), request, {});
      as_of = search.as_of();
      request.as_of = as_of;
      // Now and then a page is a stream of several batches.
      size_t got = 0;
      for (int batches = OneIn(4) ? 3 : 1; batches > 0; --batches) {
        const std::vector<StoredSighting> next = search.Next(page).value();
        got = next.size();
        rows.insert(rows.end(), next.begin(), next.end());
        if (OneIn(8)) AddSome(filled, 1 + Below(4));
      }
      ended = got == 0;
      if (ended) break;
      request.after = PositionOf(rows.back());
    }
    const std::vector<StoredSighting> whole =
        BruteForce(filled, request.filter, request.order, as_of);
    // Small pages of a large answer are left off after a while.
    const size_t expected = std::min(whole.size(), ended ? whole.size() : rows.size());
    ASSERT_EQ(rows.size(), expected) << "question " << question;
    ASSERT_TRUE(std::equal(rows.begin(), rows.end(), whole.begin())) << "question " << question;

    SightingSearch again(filled.store(),
                         {.filter = request.filter, .order = request.order, .as_of = as_of}, {});
    ASSERT_EQ(again.Next(whole.size() + 1).value(), whole) << "question " << question;
  }
}

TEST_P(QueryModelTest, TrajectoriesEqualBruteForce) {
  FilledStore filled(GetParam());
  AddSome(filled, 600);
  for (int question = 0; question < 60; ++question) {
    TrajectoryRequest request{.plate = OneIn(10) ? "X" : "A1",
                              .time = SomeInterval(),
                              .trip_gap_ms = Below(2) * 30'000 + Below(3)};
    const size_t page = OneIn(4) ? 10'000 : 1 + Below(20);
    const bool paged = OneIn(2);
    std::vector<TrajectoryPoint> points;
    std::vector<Trip> trips;
    auto replay = std::make_unique<Trajectory>(filled.store(), request, Cancellation());
    const Sequence as_of = replay->as_of();
    for (;;) {
      const std::vector<TrajectoryPoint> next = replay->Next(page).value();
      for (Trip& trip : replay->TakeTrips()) trips.push_back(std::move(trip));
      if (next.empty()) break;
      points.insert(points.end(), next.begin(), next.end());
      if (OneIn(4)) AddSome(filled, 1 + Below(4));
      if (paged) {
        request.as_of = as_of;
        request.after = PositionOf(points.back().sighting);
        replay = std::make_unique<Trajectory>(filled.store(), request, Cancellation());
      }
    }

    const std::vector<StoredSighting> expected = BruteForce(
        filled, {.time = request.time, .plate_pattern = request.plate}, TimeOrder::kAscending, as_of);
    ASSERT_EQ(points.size(), expected.size()) << "question " << question;
    uint64_t number = 0;
    std::vector<std::vector<StoredSighting>> runs;
    for (size_t i = 0; i < expected.size(); ++i) {
      const bool starts = i == 0 || expected[i].sighting.time - expected[i - 1].sighting.time >
                                        request.trip_gap_ms;
      if (starts) {
        ++number;
        runs.emplace_back();
      }
      runs.back().push_back(expected[i]);
      ASSERT_EQ(points[i].sighting, expected[i]);
      ASSERT_EQ(points[i].trip, number);
    }
    auto trip = trips.begin();
    for (size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].size() < 2) continue;
      ASSERT_NE(trip, trips.end()) << "question " << question;
      EXPECT_EQ(trip->number, i + 1);
      EXPECT_EQ(trip->from, runs[i].front().sighting.time);
      EXPECT_EQ(trip->to, runs[i].back().sighting.time);
      std::vector<Position> line;
      for (const StoredSighting& row : runs[i]) {
        if (row.sighting.location) line.push_back(*row.sighting.location);
      }
      if (line.size() < 2) line.clear();
      EXPECT_EQ(trip->line, line);
      EXPECT_EQ(trip->times.size(), line.size());
      ++trip;
    }
    EXPECT_EQ(trip, trips.end());
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, QueryModelTest, ::testing::Values(StoreKind::kMemory, StoreKind::kRocksDb),
                         [](const auto& test) { return testing::StoreKindName(test.param); });

}  // namespace
}  // namespace sightline::query
