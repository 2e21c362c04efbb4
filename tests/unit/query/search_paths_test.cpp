// Which way a search takes, what it says about it, and that every way gives the same rows.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "query/sighting_search.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kMidnight{int64_t{17'065} * kMillisecondsPerDay};

// 40,000 rows in two days, 50 cameras, 4,000 plates; one row in 2,000 is pink, three in four gray.
class SearchPathsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    filled_ = std::make_unique<FilledStore>(StoreKind::kRocksDb);
    std::vector<Sighting> sightings;
    for (int i = 0; i < 40'000; ++i) {
      Sighting sighting;
      sighting.source_id = std::to_string(i);
      sighting.camera_id = "c" + std::to_string(i % 50);
      sighting.time = kMidnight + int64_t{i} * 4'000;
      sighting.plate = sighting.plate_read = "P" + std::to_string(1000 + i * 7 % 4000);
      sighting.location = Position{double(i % 50), 0};
      sighting.attributes = {{"color", i % 2000 == 7 ? "pink" : i % 4 == 0 ? "red" : "gray"}};
      sightings.push_back(std::move(sighting));
    }
    filled_->Add(sightings);
  }
  static void TearDownTestSuite() { filled_.reset(); }

  struct Run {
    std::vector<FoundSighting> rows;
    SearchCost cost;
  };

  Run Search(ColumnsKind kind, const Filter& filter, size_t limit) {
    ColumnsBeside columns(filled_->store(), kind);
    SightingSearch search({.store = filled_->store(), .columns = columns.get()}, {.filter = filter},
                          {});
    Run run{search.Next(limit).value(), search.cost()};
    return run;
  }

  static std::unique_ptr<FilledStore> filled_;  // nothing is added later
};

std::unique_ptr<FilledStore> SearchPathsTest::filled_;

TEST_F(SearchPathsTest, APlateIsLookedUp) {
  const Run run = Search(ColumnsKind::kPlain, {.plate_pattern = "P1007"}, 5);
  EXPECT_EQ(run.cost.path, SearchPath::kPlate);
  EXPECT_EQ(run.cost.records_read, 5u);
}

TEST_F(SearchPathsTest, TimeAloneIsReadOffTheTimeIndex) {
  const Run run = Search(ColumnsKind::kPlain, {}, 5);
  EXPECT_EQ(run.cost.path, SearchPath::kTime);
  EXPECT_EQ(run.cost.days, 1u) << "a day behind a full page is not opened";
  EXPECT_LT(run.cost.records_read, 100u) << "rows that cannot be among the first need no decoding";
}

TEST_F(SearchPathsTest, WhatMostRowsHaveIsFoundByTime) {
  const Run run = Search(ColumnsKind::kPlain, {.attributes = {{"color", {"gray"}}}}, 10);
  EXPECT_EQ(run.cost.path, SearchPath::kTime);
}

TEST_F(SearchPathsTest, WhatFewRowsHaveIsFoundByColumns) {
  const Run run = Search(ColumnsKind::kPlain, {.attributes = {{"color", {"pink"}}}}, 5);
  EXPECT_EQ(run.rows.size(), 5u);
  EXPECT_EQ(run.cost.path, SearchPath::kColumns);
  EXPECT_EQ(run.cost.records_read, 5u) << "no more records than the page needs";
  EXPECT_EQ(run.cost.segments, 1u);
}

TEST_F(SearchPathsTest, AWildcardThatLeavesFewPlatesIsTurnedIntoThese) {
  const Run run = Search(ColumnsKind::kPlain, {.plate_pattern = "*007"}, 100);
  EXPECT_EQ(run.cost.path, SearchPath::kPlates);
  EXPECT_EQ(run.cost.plates, 2u * 4);
  EXPECT_EQ(run.cost.records_read, run.rows.size());
}

TEST_F(SearchPathsTest, CamerasGoByTheTimeIndexWithoutColumns) {
  const Run run = Search(ColumnsKind::kNone, {.cameras = {{"c3"}}}, 5);
  EXPECT_EQ(run.cost.path, SearchPath::kCamerasTime);
  EXPECT_LT(run.cost.records_read, 20u);
}

TEST_F(SearchPathsTest, AScanThatFindsNothingLeavesTheDayToTheColumns) {
  const Filter rare{.attributes = {{"color", {"pink"}}}};
  const Run guessed = Search(ColumnsKind::kPlainGuessing, rare, 10);
  EXPECT_LT(guessed.cost.records_read, 2'000u) << "all of a day would be 20,000";
  EXPECT_EQ(guessed.rows, Search(ColumnsKind::kNone, rare, 10).rows);
}

TEST_F(SearchPathsTest, ADayThatHoldsNoneIsNotOpened) {
  const Run run = Search(ColumnsKind::kPlain, {.attributes = {{"color", {"green"}}}}, 10);
  EXPECT_TRUE(run.rows.empty());
  EXPECT_EQ(run.cost.days, 0u);
}

TEST_F(SearchPathsTest, TheAlternativesAreNamedWithTheirCosts) {
  const SearchCost cost = Search(ColumnsKind::kPlain, {.plate_pattern = "*007"}, 100).cost;
  ASSERT_EQ(cost.estimates.size(), 3u);
  EXPECT_EQ(cost.estimates[0].path, cost.path);
  EXPECT_EQ(cost.estimates[0].days_chosen, 2u);
  for (const PathEstimate& estimate : cost.estimates) {
    EXPECT_EQ(estimate.days_considered, 2u);
    EXPECT_GT(estimate.rows, 0u);
    EXPECT_GE(estimate.microseconds, cost.estimates[0].microseconds);
  }
  EXPECT_GT(cost.microseconds, 0u);
}

TEST_F(SearchPathsTest, EveryWayGivesTheSameRows) {
  const std::vector<Filter> filters = {
      {.plate_pattern = "*007"},
      {.plate_pattern = "P1*"},
      {.plate_pattern = "*1*", .attributes = {{"color", {"red"}}}},
      {.plate_like = PlateLike{"P1?07", 1}},
      {.plate_like = PlateLike{"P100", 2}, .attributes = {{"color", {"gray"}}}},
      {.cameras = {{"c4", "c17"}}, .attributes = {{"color", {"red", "pink"}}}},
      {.near = Circle{{7, 0}, {200'000}}, .attributes = {{"color", {"red"}}}},
      {.time = {kMidnight + 3'600'000, kMidnight + 3 * 3'600'000}, .near = Circle{{7, 0}, {1}}}};
  for (size_t i = 0; i < filters.size(); ++i) {
    const std::vector<FoundSighting> expected = Search(ColumnsKind::kNone, filters[i], 2000).rows;
    ASSERT_FALSE(expected.empty()) << "filter " << i;
    for (const ColumnsKind kind :
         {ColumnsKind::kPlain, ColumnsKind::kPlainGuessing, ColumnsKind::kIndex}) {
      EXPECT_EQ(Search(kind, filters[i], 2000).rows, expected)
          << "filter " << i << ", " << testing::ColumnsKindName(kind);
    }
  }
}

}  // namespace
}  // namespace sightline::query
