// plate_like: what lies near, how it is ranked, and that pages of a ranked answer hold together.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "query/near_plates.h"
#include "query/sighting_search.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kNoon{int64_t{17'065} * kMillisecondsPerDay + 12 * 3'600'000};

Sighting Reading(std::string plate, TimestampMs time, std::string camera = "a") {
  Sighting sighting;
  sighting.camera_id = std::move(camera);
  sighting.time = time;
  sighting.plate_read = plate;
  sighting.plate = std::move(plate);
  return sighting;
}

class RelevanceTest : public ::testing::TestWithParam<std::tuple<StoreKind, ColumnsKind>> {
 protected:
  std::vector<FoundSighting> All(const SearchRequest& request, size_t batch = 10'000) {
    SightingSearch search(sources_, request, {});
    std::vector<FoundSighting> rows;
    for (;;) {
      const std::vector<FoundSighting> next = search.Next(batch).value();
      if (next.empty()) return rows;
      rows.insert(rows.end(), next.begin(), next.end());
    }
  }

  std::vector<FoundSighting> Paged(SearchRequest request, size_t page) {
    std::vector<FoundSighting> rows;
    for (;;) {
      SightingSearch search(sources_, request, {});
      const std::vector<FoundSighting> next = search.Next(page).value();
      if (next.empty()) return rows;
      rows.insert(rows.end(), next.begin(), next.end());
      request.as_of = search.as_of();
      request.after = PositionOf(next.back());
    }
  }

  static std::vector<std::string> Plates(const std::vector<FoundSighting>& rows) {
    std::vector<std::string> plates;
    for (const FoundSighting& row : rows) plates.push_back(row.sighting.sighting.plate);
    return plates;
  }

  FilledStore filled_{std::get<0>(GetParam())};
  storage::Store& store_ = filled_.store();
  ColumnsBeside columns_{store_, std::get<1>(GetParam())};
  const Sources sources_{.store = store_, .columns = columns_.get()};
};

TEST_P(RelevanceTest, EveryRowBearsItsMatchInEveryOrder) {
  filled_.Add({Reading("AB12", kNoon), Reading("AB13", kNoon + 1), Reading("AB12", kNoon + 2),
               Reading("XX99", kNoon + 3), Reading("", kNoon + 4)});
  for (const ResultOrder order : {ResultOrder::kTimeAscending, ResultOrder::kTimeDescending,
                                  ResultOrder::kRelevance}) {
    const std::vector<FoundSighting> rows =
        All({.filter = {.plate_like = PlateLike{"AB12", 1}}, .order = order});
    ASSERT_EQ(rows.size(), 3u);
    for (const FoundSighting& row : rows) {
      ASSERT_TRUE(row.match.has_value());
      EXPECT_EQ(row.match->differences, row.sighting.sighting.plate == "AB12" ? 0 : 1);
      EXPECT_GE(row.match->probability, 0);
      EXPECT_LE(row.match->probability, 1);
    }
  }
  EXPECT_FALSE(All({.filter = {.plate_pattern = "AB12"}}).front().match.has_value());
}

TEST_P(RelevanceTest, TheLikeliestPlateComesFirstAndItsRowsNewestFirst) {
  for (int i = 0; i < 20; ++i) {
    filled_.Add({Reading("AB8C21", kNoon + i * kMillisecondsPerDay / 8)});
  }
  filled_.Add({Reading("AB8C77", kNoon + kMillisecondsPerDay)});
  const std::vector<FoundSighting> rows = All({.filter = {.plate_like = PlateLike{"AB8C21", 2}},
                                               .order = ResultOrder::kRelevance});
  ASSERT_EQ(rows.size(), 21u);
  EXPECT_EQ(rows.back().sighting.sighting.plate, "AB8C77");
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end() - 1, [](const auto& a, const auto& b) {
    return a.sighting.sighting.time > b.sighting.sighting.time;
  }));
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.match->probability > b.match->probability;
  }));
}

TEST_P(RelevanceTest, PlatesThatAreAsLikelyShareOneOrderOfTime) {
  // One reading each, alike in every respect but the character.
  filled_.Add({Reading("AB1", kNoon), Reading("AB2", kNoon + 2), Reading("AB1", kNoon + 3, "b"),
               Reading("AB2", kNoon + 1, "b"), Reading("AB1", kNoon + 1, "b")});
  const std::vector<FoundSighting> rows = All({.filter = {.plate_like = PlateLike{"AB?", 0}},
                                               .order = ResultOrder::kRelevance});
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    const auto key = [](const FoundSighting& row) {
      return std::tuple(-row.match->probability, -row.sighting.sighting.time.value,
                        row.sighting.sighting.camera_id, row.sighting.id);
    };
    return key(a) < key(b);
  }));
}

TEST_P(RelevanceTest, PagesEqualTheWholeAnswerWhileSightingsArrive) {
  std::vector<Sighting> readings;
  for (int i = 0; i < 300; ++i) {
    readings.push_back(Reading("AB" + std::to_string(10 + i * i % 23),
                               kNoon + i % 5 * kMillisecondsPerDay + i % 7,
                               std::string(1, static_cast<char>('a' + i % 3))));
  }
  filled_.Add(readings);
  for (const size_t page : {1, 7, 100}) {
    SearchRequest request{.filter = {.plate_like = PlateLike{"AB12", 1}},
                          .order = ResultOrder::kRelevance,
                          .as_of = store_.VisibleSequence()};
    const std::vector<FoundSighting> whole = All(request);
    EXPECT_EQ(All(request, page), whole);
    std::vector<FoundSighting> rows;
    for (int pages = 0;; ++pages) {
      SightingSearch search(sources_, request, {});
      const std::vector<FoundSighting> next = search.Next(page).value();
      if (next.empty()) break;
      rows.insert(rows.end(), next.begin(), next.end());
      request.after = PositionOf(next.back());
      // More of the same plates, and new ones: both would change the ranking.
      if (pages < 20) {
        filled_.Add({Reading("AB12", kNoon + pages),
                     Reading("AB9" + std::to_string(pages), kNoon)});
      }
    }
    EXPECT_EQ(rows, whole) << "pages of " << page;
  }
}

TEST_P(RelevanceTest, TheOtherMembersNarrowTheAnswerButNotTheEvidence) {
  for (int i = 0; i < 9; ++i) filled_.Add({Reading("AB8C21", kNoon + i, i == 4 ? "b" : "a")});
  filled_.Add({Reading("ABBC21", kNoon + 20, "b")});
  const Filter like{.plate_like = PlateLike{"AB8C21", 1}};
  Filter at_b = like;
  at_b.cameras = {{"b"}};
  const std::vector<FoundSighting> all = All({.filter = like, .order = ResultOrder::kRelevance});
  const std::vector<FoundSighting> some = All({.filter = at_b, .order = ResultOrder::kRelevance});
  EXPECT_EQ(Plates(some), (std::vector<std::string>{"AB8C21", "ABBC21"}));
  EXPECT_EQ(some.front().match, all.front().match);
  EXPECT_EQ(some.back().match, all.back().match);
  Filter joined = like;
  joined.plate_pattern = "ABB*";
  EXPECT_EQ(Plates(All({.filter = joined, .order = ResultOrder::kRelevance})),
            (std::vector<std::string>{"ABBC21"}));
  joined.plate_pattern = "ABBC21";
  EXPECT_EQ(Plates(All({.filter = joined, .order = ResultOrder::kRelevance})),
            (std::vector<std::string>{"ABBC21"}));
}

TEST_P(RelevanceTest, ACorrectionMovesARowFromPlateToPlate) {
  const SightingId id = filled_.Add({Reading("AB1", kNoon), Reading("AB1", kNoon + 1)}).ids[0];
  const Sequence before = store_.VisibleSequence();
  filled_.Correct(id, {.plate = "XY9"});
  const Filter was{.plate_like = PlateLike{"AB1", 0}};
  const Filter is{.plate_like = PlateLike{"XY9", 0}};
  for (const ResultOrder order : {ResultOrder::kRelevance, ResultOrder::kTimeAscending}) {
    EXPECT_EQ(All({.filter = was, .order = order}).size(), 1u);
    EXPECT_EQ(All({.filter = is, .order = order}).size(), 1u);
    EXPECT_EQ(All({.filter = was, .order = order, .as_of = before}).size(), 2u);
    EXPECT_EQ(All({.filter = is, .order = order, .as_of = before}).size(), 0u);
  }
}

TEST_P(RelevanceTest, MorePlatesThanAreWeighedAreFoundAllTheSame) {
  // More than are counted, too, where counting is quick.
  const int count = std::get<0>(GetParam()) == StoreKind::kMemory ? 300 : 1100;
  std::vector<Sighting> readings;
  for (int i = 0; i < count; ++i) {
    readings.push_back(
        Reading("A" + std::to_string(1000 + i), kNoon + i % 3 * kMillisecondsPerDay));
  }
  filled_.Add(readings);
  ASSERT_GT(readings.size(), NearPlates::kMaxRanked);
  const PlateLike like{.text = "A????", .max_distance = 1};
  for (const ResultOrder order : {ResultOrder::kRelevance, ResultOrder::kTimeAscending}) {
    const std::vector<FoundSighting> whole = All({.filter = {.plate_like = like}, .order = order});
    ASSERT_EQ(whole.size(), readings.size());
    EXPECT_EQ(Paged({.filter = {.plate_like = like}, .order = order}, 211), whole);
  }
}

TEST_P(RelevanceTest, WithoutAPlateToCompareRelevanceIsTheNewestFirst) {
  filled_.Add({Reading("A1", kNoon), Reading("B2", kNoon + 2), Reading("A1", kNoon + 1)});
  EXPECT_EQ(Paged({.order = ResultOrder::kRelevance}, 2),
            All({.order = ResultOrder::kTimeDescending}));
}

INSTANTIATE_TEST_SUITE_P(
    Stores, RelevanceTest,
    ::testing::Combine(::testing::Values(StoreKind::kMemory, StoreKind::kRocksDb),
                       ::testing::Values(ColumnsKind::kNone, ColumnsKind::kPlain,
                                         ColumnsKind::kIndex)),
    [](const auto& test) {
      return testing::StoreKindName(std::get<0>(test.param)) +
             testing::ColumnsKindName(std::get<1>(test.param));
    });

}  // namespace
}  // namespace sightline::query
