// Random sightings and random questions against brute force: a vector, sorted and filtered by
// Matches. Sightings go on arriving between the pages, some are corrected, and the columns beside
// the store are sealed now and then.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "core/plate_distance.h"
#include "query/plate_ranking.h"
#include "query/sighting_search.h"
#include "query/trajectory.h"
#include "tests/model/model_fixture.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::RandomSightings;
using testing::StoreKind;

class QueryModelTest : public testing::ModelFixture {
 protected:
  void AddSome(int count) {
    std::vector<Sighting> sightings;
    for (int i = 0; i < count; ++i) sightings.push_back(SomeSighting());
    filled_.Add(sightings);
  }

  // What may happen while a question is being answered.
  void Disturb() {
    if (OneIn(8)) AddSome(1 + Below(4));
    if (OneIn(16)) CorrectOne();
    if (OneIn(60)) columns_.Seal();
  }

  ResultOrder SomeOrder() {
    static constexpr ResultOrder kOrders[] = {ResultOrder::kTimeAscending,
                                              ResultOrder::kTimeDescending,
                                              ResultOrder::kRelevance};
    return kOrders[Below(std::size(kOrders))];
  }
};

// What the filter's plate_like makes of each plate near it that was read in its time.
std::map<std::string, PlateMatch> Rank(const std::vector<StoredSighting>& rows,
                                       const Filter& filter) {
  std::map<std::string, PlateMatch> matches;
  if (!filter.plate_like) return matches;
  const Filter evidence{.time = filter.time, .plate_like = filter.plate_like};
  std::map<std::string, uint64_t> readings;
  for (const StoredSighting& row : rows) {
    if (Matches(evidence, row.sighting)) ++readings[row.sighting.plate];
  }
  std::vector<PlateCandidate> candidates;
  for (const auto& [plate, count] : readings) {
    candidates.push_back({plate, count, PlateDistance(filter.plate_like->text, plate)});
  }
  const PlateRanking ranking(*filter.plate_like, candidates, PlateReadingModel::Default());
  for (const RankedPlate& plate : ranking.plates()) {
    matches[plate.plate] = {plate.probability, plate.differences};
  }
  return matches;
}

std::vector<FoundSighting> BruteForce(const FilledStore& filled, const Filter& filter,
                                      ResultOrder order, Sequence as_of) {
  const std::vector<StoredSighting> rows = filled.Accepted(as_of);
  const std::map<std::string, PlateMatch> matches = Rank(rows, filter);
  std::vector<FoundSighting> found;
  for (const StoredSighting& row : rows) {
    if (!Matches(filter, row.sighting)) continue;
    found.push_back({row, std::nullopt});
    if (filter.plate_like) found.back().match = matches.at(row.sighting.plate);
  }
  std::sort(found.begin(), found.end(), [&](const FoundSighting& a, const FoundSighting& b) {
    const auto place = [&](const FoundSighting& row) {
      const double probability = row.match ? row.match->probability : 0;
      const int64_t sign = order == ResultOrder::kTimeAscending ? 1 : -1;
      return std::tuple(order == ResultOrder::kRelevance ? -probability : 0,
                        sign * row.sighting.sighting.time.value, row.sighting.sighting.camera_id,
                        row.sighting.id.ToString());
    };
    return place(a) < place(b);
  });
  return found;
}

TEST_P(QueryModelTest, PagesEqualBruteForceWhileSightingsArrive) {
  AddSome(1000);
  for (int i = 0; i < 30; ++i) CorrectOne();
  columns_.Seal();
  AddSome(300);
  for (int question = 0; question < 120; ++question) {
    SearchRequest request{.filter = SomeFilter(question), .order = SomeOrder()};
    if (OneIn(4)) request.as_of = Below(static_cast<int>(store_.VisibleSequence()) + 1);
    const size_t page = OneIn(5) ? 10'000 : 1 + Below(OneIn(2) ? 5 : 400);
    std::vector<FoundSighting> rows;
    Sequence as_of = 0;
    bool ended = false;
    for (int pages = 0; pages < 20; ++pages) {
      SightingSearch search(sources_, request, {});
      as_of = search.as_of();
      request.as_of = as_of;
      // Now and then a page is a stream of several batches.
      size_t got = 0;
      for (int batches = OneIn(4) ? 3 : 1; batches > 0; --batches) {
        const std::vector<FoundSighting> next = search.Next(page).value();
        got = next.size();
        rows.insert(rows.end(), next.begin(), next.end());
        Disturb();
      }
      ended = got == 0;
      if (ended) break;
      request.after = PositionOf(rows.back());
    }
    const std::vector<FoundSighting> whole =
        BruteForce(filled_, request.filter, request.order, as_of);
    // Small pages of a large answer are left off after a while.
    const size_t expected = std::min(whole.size(), ended ? whole.size() : rows.size());
    ASSERT_EQ(rows.size(), expected) << "question " << question;
    ASSERT_TRUE(std::equal(rows.begin(), rows.end(), whole.begin())) << "question " << question;

    SightingSearch again(sources_,
                         {.filter = request.filter, .order = request.order, .as_of = as_of}, {});
    ASSERT_EQ(again.Next(whole.size() + 1).value(), whole) << "question " << question;
  }
}

TEST_P(QueryModelTest, TrajectoriesEqualBruteForce) {
  AddSome(600);
  for (int i = 0; i < 60; ++i) CorrectOne();
  for (int question = 0; question < 60; ++question) {
    TrajectoryRequest request{.plate = OneIn(10) ? "X" : "A1",
                              .time = OneIn(3) ? Interval{} : SomeInterval(),
                              .trip_gap_ms = Below(2) * 30'000 + Below(3)};
    const size_t page = OneIn(4) ? 10'000 : 1 + Below(20);
    const bool paged = OneIn(2);
    std::vector<TrajectoryPoint> points;
    std::vector<Trip> trips;
    auto replay = std::make_unique<Trajectory>(store_, request, Cancellation());
    const Sequence as_of = replay->as_of();
    for (;;) {
      const std::vector<TrajectoryPoint> next = replay->Next(page).value();
      for (Trip& trip : replay->TakeTrips()) trips.push_back(std::move(trip));
      if (next.empty()) break;
      points.insert(points.end(), next.begin(), next.end());
      Disturb();
      if (paged) {
        request.as_of = as_of;
        request.after = PositionOf({points.back().sighting, std::nullopt});
        replay = std::make_unique<Trajectory>(store_, request, Cancellation());
      }
    }

    std::vector<StoredSighting> expected;
    for (FoundSighting& row :
         BruteForce(filled_, {.time = request.time, .plate_pattern = request.plate},
                    ResultOrder::kTimeAscending, as_of)) {
      expected.push_back(std::move(row.sighting));
    }
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

INSTANTIATE_TEST_SUITE_P(
    Stores, QueryModelTest,
    ::testing::Values(std::tuple(StoreKind::kMemory, ColumnsKind::kNone),
                      std::tuple(StoreKind::kMemory, ColumnsKind::kPlain),
                      std::tuple(StoreKind::kMemory, ColumnsKind::kPlainGuessing),
                      std::tuple(StoreKind::kMemory, ColumnsKind::kIndex),
                      std::tuple(StoreKind::kRocksDb, ColumnsKind::kNone),
                      std::tuple(StoreKind::kRocksDb, ColumnsKind::kIndex)),
    [](const auto& test) {
      return testing::StoreKindName(std::get<0>(test.param)) +
             testing::ColumnsKindName(std::get<1>(test.param));
    });

}  // namespace
}  // namespace sightline::query
