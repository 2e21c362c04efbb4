#include "query/sighting_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kNoon{int64_t{17'065} * kMillisecondsPerDay + 12 * 3'600'000};

void Append(std::vector<FoundSighting> found, std::vector<StoredSighting>& rows) {
  for (FoundSighting& row : found) rows.push_back(std::move(row.sighting));
}

// One search, taken `batch` rows at a time.
std::vector<StoredSighting> All(const Sources& sources, const SearchRequest& request,
                                size_t batch = 1000) {
  SightingSearch search(sources, request, {});
  std::vector<StoredSighting> rows;
  for (;;) {
    std::vector<FoundSighting> next = search.Next(batch).value();
    if (next.empty()) return rows;
    EXPECT_LE(next.size(), batch);
    Append(std::move(next), rows);
  }
}

// The same answer, each page a search of its own.
std::vector<StoredSighting> Paged(const Sources& sources, SearchRequest request, size_t page) {
  std::vector<StoredSighting> rows;
  for (;;) {
    SightingSearch search(sources, request, {});
    std::vector<FoundSighting> next = search.Next(page).value();
    request.as_of = search.as_of();
    if (next.empty()) return rows;
    request.after = PositionOf(next.back());
    Append(std::move(next), rows);
  }
}

// "source@camera" of each row.
std::vector<std::string> Names(const std::vector<StoredSighting>& rows) {
  std::vector<std::string> names;
  for (const StoredSighting& row : rows) {
    names.push_back(row.sighting.source_id.value_or("-") + "@" + row.sighting.camera_id);
  }
  return names;
}

Sighting Reading(std::string source, std::string camera, TimestampMs time, std::string plate = "A1") {
  Sighting sighting;
  sighting.source_id = std::move(source);
  sighting.camera_id = std::move(camera);
  sighting.time = time;
  sighting.plate_read = plate;
  sighting.plate = std::move(plate);
  return sighting;
}

class SightingSearchTest
    : public ::testing::TestWithParam<std::tuple<StoreKind, ColumnsKind>> {
 protected:
  FilledStore filled_{std::get<0>(GetParam())};
  storage::Store& store_ = filled_.store();
  ColumnsBeside columns_{store_, std::get<1>(GetParam())};
  const Sources sources_{.store = store_, .columns = columns_.get()};
};

TEST_P(SightingSearchTest, AnEmptyStoreAnswersNothing) {
  SightingSearch search(sources_, {}, {});
  EXPECT_TRUE(search.Next(10).value().empty());
  EXPECT_TRUE(search.Next(10).value().empty());
  EXPECT_EQ(search.as_of(), 0u);
}

TEST_P(SightingSearchTest, RowsComeByTimeWhateverTheOrderOfArrival) {
  filled_.Add({Reading("3", "b", kNoon + kMillisecondsPerDay), Reading("1", "b", kNoon - 1),
               Reading("4", "a", kNoon + 40 * kMillisecondsPerDay), Reading("2", "a", kNoon),
               Reading("0", "c", kNoon - 90 * kMillisecondsPerDay)});
  const std::vector<std::string> expected = {"0@c", "1@b", "2@a", "3@b", "4@a"};
  EXPECT_EQ(Names(All(sources_, {.order = ResultOrder::kTimeAscending})), expected);
  EXPECT_EQ(Names(All(sources_, {.order = ResultOrder::kTimeDescending})),
            std::vector<std::string>(expected.rbegin(), expected.rend()));
}

TEST_P(SightingSearchTest, EqualTimesGoByCameraBytesThenIdInBothOrders) {
  // "é" sorts after "z" by bytes; the cameras get their numbers in another order.
  filled_.Add({Reading("1", "é", kNoon), Reading("1", "z", kNoon), Reading("1", "Z", kNoon),
               Reading("1", "m", kNoon), Reading("2", "m", kNoon), Reading("3", "m", kNoon),
               Reading("before", "z", kNoon - 1), Reading("after", "a", kNoon + 1)});
  std::vector<StoredSighting> same_camera;
  for (const StoredSighting& row : filled_.Accepted(store_.VisibleSequence())) {
    if (row.sighting.camera_id == "m") same_camera.push_back(row);
  }
  std::sort(same_camera.begin(), same_camera.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  const std::vector<std::string> m = Names(same_camera);
  EXPECT_EQ(Names(All(sources_, {.order = ResultOrder::kTimeAscending})),
            (std::vector<std::string>{"before@z", "1@Z", m[0], m[1], m[2], "1@z", "1@é", "after@a"}));
  EXPECT_EQ(Names(All(sources_, {.order = ResultOrder::kTimeDescending})),
            (std::vector<std::string>{"after@a", "1@Z", m[0], m[1], m[2], "1@z", "1@é", "before@z"}));
}

TEST_P(SightingSearchTest, TheWindowIsHalfOpen) {
  filled_.Add({Reading("0", "a", kNoon - 1), Reading("1", "a", kNoon), Reading("2", "a", kNoon + 59'999),
               Reading("3", "a", kNoon + 60'000)});
  for (const ResultOrder order : {ResultOrder::kTimeAscending, ResultOrder::kTimeDescending}) {
    std::vector<std::string> names =
        Names(All(sources_, {.filter = {.time = {kNoon, kNoon + 60'000}}, .order = order}));
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"1@a", "2@a"}));
    EXPECT_TRUE(All(sources_, {.filter = {.time = {kNoon, kNoon}}, .order = order}).empty());
    EXPECT_TRUE(All(sources_, {.filter = {.time = {kNoon + 1, kNoon}}, .order = order}).empty());
  }
}

TEST_P(SightingSearchTest, TheFirstAndLastMillisecondOfADayAreFound) {
  const TimestampMs midnight = DayOf(kNoon).start();
  filled_.Add({Reading("first", "a", midnight), Reading("last", "a", midnight - 1),
               Reading("epoch", "a", kMinTimestamp), Reading("end", "a", kMaxTimestamp - 1)});
  const std::vector<std::string> expected = {"epoch@a", "last@a", "first@a", "end@a"};
  EXPECT_EQ(Names(All(sources_, {.order = ResultOrder::kTimeAscending}, 1)), expected);
  EXPECT_EQ(Names(All(sources_, {.order = ResultOrder::kTimeDescending}, 1)),
            std::vector<std::string>(expected.rbegin(), expected.rend()));
}

TEST_P(SightingSearchTest, EveryPageSizeGivesTheAnswerOfOneShot) {
  // Crowded and empty minutes, many equal times, several cameras, three days.
  std::vector<Sighting> sightings;
  for (int i = 0; i < 120; ++i) {
    const int64_t offset = (i % 3) * kMillisecondsPerDay + (i % 5) * 7'000 + (i % 2) * 3'600'000;
    sightings.push_back(Reading(std::to_string(i), std::string(1, static_cast<char>('a' + i % 7)),
                                kNoon + offset, i % 4 == 0 ? "A1" : "B2"));
  }
  filled_.Add(sightings);
  const std::vector<Filter> filters = {
      {},
      {.plate_pattern = "A1"},
      {.cameras = {{"b", "f"}}},
      {.plate_pattern = "B*"},
      {.time = {kNoon + 14'000, kNoon + kMillisecondsPerDay + 7'001}}};
  for (const Filter& filter : filters) {
    for (const ResultOrder order : {ResultOrder::kTimeAscending, ResultOrder::kTimeDescending}) {
      const SearchRequest request{.filter = filter, .order = order};
      const std::vector<StoredSighting> whole = All(sources_, request);
      ASSERT_FALSE(whole.empty());
      for (const size_t page : {1, 2, 3, 7, 50, 119, 120, 121, 10'000}) {
        EXPECT_EQ(Paged(sources_, request, page), whole) << "pages of " << page;
        EXPECT_EQ(All(sources_, request, page), whole) << "batches of " << page;
      }
    }
  }
}

TEST_P(SightingSearchTest, AStreamPassesAMinuteFullerThanWhatIsHeld) {
  std::vector<Sighting> sightings;
  for (int i = 0; i < 9000; ++i) {
    sightings.push_back(Reading(std::to_string(i), i % 2 == 0 ? "a" : "b", kNoon + (i * 7919) % 60'000));
  }
  filled_.Add(sightings);
  for (const ResultOrder order : {ResultOrder::kTimeAscending, ResultOrder::kTimeDescending}) {
    const std::vector<StoredSighting> rows = All(sources_, {.order = order}, 500);
    ASSERT_EQ(rows.size(), sightings.size());
    const bool ascending = order == ResultOrder::kTimeAscending;
    EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
      const auto key = [&](const StoredSighting& row) {
        const int64_t time = row.sighting.time.value;
        return std::tuple(ascending ? time : -time, row.sighting.camera_id, row.id);
      };
      return key(a) < key(b);
    }));
  }
}

TEST_P(SightingSearchTest, AsOfHidesWhatCameLater) {
  const Sequence before = filled_.Add({Reading("old", "a", kNoon)}).last_sequence;
  filled_.Add({Reading("same-time", "a", kNoon), Reading("earlier", "a", kNoon - 1),
               Reading("new-camera", "b", kNoon), Reading("other-day", "a", kNoon + kMillisecondsPerDay)});
  for (const Filter& filter : {Filter{}, Filter{.plate_pattern = "A1"}, Filter{.cameras = {{"a", "b"}}}}) {
    EXPECT_EQ(Names(All(sources_, {.filter = filter, .as_of = before})),
              (std::vector<std::string>{"old@a"}));
    EXPECT_EQ(All(sources_, {.filter = filter}).size(), 5u);
  }
}

TEST_P(SightingSearchTest, AnAsOfOfTheFutureIsTakenAsNow) {
  const Sequence now = filled_.Add({Reading("1", "a", kNoon)}).last_sequence;
  SightingSearch search(sources_, {.as_of = now + 1000}, {});
  EXPECT_EQ(search.as_of(), now);
}

TEST_P(SightingSearchTest, PagesDoNotMoveWhileSightingsArrive) {
  for (int i = 0; i < 10; ++i) filled_.Add({Reading(std::to_string(i), "a", kNoon + i * 1000)});
  SearchRequest request{.order = ResultOrder::kTimeDescending};
  const std::vector<std::string> expected = Names(All(sources_, request));
  std::vector<StoredSighting> rows;
  for (int page = 0;; ++page) {
    SightingSearch search(sources_, request, {});
    std::vector<FoundSighting> next = search.Next(3).value();
    if (next.empty()) break;
    request.as_of = search.as_of();
    request.after = PositionOf(next.back());
    Append(std::move(next), rows);
    filled_.Add({Reading("late" + std::to_string(page), "a", kNoon + page * 777),
                 Reading("tie" + std::to_string(page), "z", rows.back().sighting.time)});
  }
  EXPECT_EQ(Names(rows), expected);
}

TEST_P(SightingSearchTest, AnUnknownCameraOrPlateIsAnEmptyAnswer) {
  filled_.Add({Reading("1", "a", kNoon)});
  EXPECT_TRUE(All(sources_, {.filter = {.cameras = {{"b"}}}}).empty());
  EXPECT_TRUE(All(sources_, {.filter = {.cameras = std::vector<std::string>{}}}).empty());
  EXPECT_TRUE(All(sources_, {.filter = {.plate_pattern = "A2"}}).empty());
  EXPECT_TRUE(All(sources_, {.filter = {.plate_pattern = "A\\*"}}).empty());
}

TEST_P(SightingSearchTest, MembersOfTheFilterJoinOnEveryPath) {
  Sighting placed = Reading("1", "a", kNoon);
  placed.location = Position{5, 5};
  placed.attributes = {{"color", "red"}};
  Sighting other = Reading("2", "b", kNoon);
  other.location = Position{5, 5};
  filled_.Add({placed, other, Reading("3", "a", kNoon + 1), Reading("4", "a", kNoon, "")});
  const Filter rest{.area = Area{{{{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}}}},
                    .attributes = {{"color", {"red"}}}};
  Filter by_plate = rest;
  by_plate.plate_pattern = "A1";
  Filter by_camera = rest;
  by_camera.cameras = {{"a"}};
  for (const Filter& filter : {rest, by_plate, by_camera}) {
    EXPECT_EQ(Names(All(sources_, {.filter = filter})), (std::vector<std::string>{"1@a"}));
  }
}

TEST_P(SightingSearchTest, ACancelledSearchStops) {
  filled_.Add({Reading("1", "a", kNoon)});
  for (const Filter& filter :
       {Filter{}, Filter{.plate_pattern = "A1"}, Filter{.plate_like = PlateLike{"A2", 1}},
        Filter{.attributes = {{"color", {"red"}}}}}) {
    Cancellation cancellation;
    SightingSearch search(sources_, {.filter = filter}, cancellation);
    cancellation.Cancel();
    EXPECT_EQ(search.Next(1).error().code, ErrorCode::kCancelled);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Stores, SightingSearchTest,
    ::testing::Combine(::testing::Values(StoreKind::kMemory, StoreKind::kRocksDb),
                       ::testing::Values(ColumnsKind::kNone, ColumnsKind::kPlain,
                                         ColumnsKind::kPlainGuessing, ColumnsKind::kIndex)),
    [](const auto& test) {
      return testing::StoreKindName(std::get<0>(test.param)) +
             testing::ColumnsKindName(std::get<1>(test.param));
    });

}  // namespace
}  // namespace sightline::query
