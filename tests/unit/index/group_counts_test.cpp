// Counts by group over columns, against rows counted one by one.
#include "index/group_counts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "index/column_index.h"
#include "index/group_table.h"
#include "index/id_numbers.h"
#include "tests/support/plain_groups.h"
#include "tests/unit/index/random_day.h"
#include "tests/unit/index/random_day_test.h"

namespace sightline::index {
namespace {

using testing::GroupedRow;

constexpr size_t kDays = 3;

GroupKey Attribute(std::string name) {
  return {.kind = GroupKey::Kind::kAttribute, .attribute = std::move(name)};
}
const GroupKey kCamera{.kind = GroupKey::Kind::kCamera, .attribute = {}};
const GroupKey kPlate{.kind = GroupKey::Kind::kPlate, .attribute = {}};
const GroupKey kPlateColor{.kind = GroupKey::Kind::kPlateColor, .attribute = {}};

class GroupCountsTest : public RandomDayTest {
 protected:
  GroupCountsTest() : random_(seed_) {
    index_ = ColumnIndex::Create(
        feed_, {.seal_rows = 2'500, .max_segment_rows = 5'000, .search_threads = 2});
    for (uint16_t i = 0; i < kDays; ++i) {
      days_.emplace_back(seed_ + i, GetParam());
      const Day day{static_cast<uint16_t>(kFirst.number + i)};
      for (const size_t count : {3'000, 2'600, 300, 1}) {
        feed_.Append(day, days_[i].Next(count));
        EXPECT_TRUE(*index_->Open(day, Cancellation()));
        EXPECT_TRUE(index_->SealOnce(day, kNow, false, Cancellation()));
      }
      columns_.push_back(*index_->Open(day, Cancellation()));
    }
  }

  size_t Below(size_t limit) { return random_() % limit; }

  std::vector<TimeCell> Cells(size_t stretches) {
    std::vector<TimeCell> cells;
    std::set<uint32_t> starts = {static_cast<uint32_t>(Below(2) * 100)};
    while (starts.size() < stretches) starts.insert(static_cast<uint32_t>(Below(GetParam().times)));
    for (const uint32_t start : starts) {
      cells.push_back({start, Below(8) == 0 ? kNoCell : static_cast<uint32_t>(Below(stretches))});
    }
    return cells;
  }

  // The whole of a day's question, or some of it.
  GroupDay Question(size_t day, std::vector<TimeCell> cells) {
    ColumnQuery rows = days_[day].Query();
    if (Below(2) == 0) rows = {.as_of = rows.as_of};
    return {.columns = columns_[day], .rows = std::move(rows), .cells = std::move(cells)};
  }

  std::vector<GroupedRow> PassingRows(size_t day, const ColumnQuery& query) const {
    std::vector<GroupedRow> rows;
    for (const IndexRow* row : days_[day].PassingRows(query, days_[day].versions().size())) {
      rows.push_back({.ms_of_day = row->key.ms_of_day,
                      .camera_number = row->key.camera_number,
                      .plate = row->plate,
                      .plate_color = row->plate_color,
                      .attributes = row->attributes});
    }
    return rows;
  }

  // One by one, over days.
  std::vector<Group> Expected(std::span<const GroupDay> days, const GroupBy& by) const {
    std::vector<Group> groups;
    std::map<std::pair<uint32_t, std::vector<GroupValue>>, size_t> place_of;
    std::map<size_t, std::set<std::string>> plates;
    for (size_t i = 0; i < days.size(); ++i) {
      const auto of_day =
          testing::GroupPlainRows(PassingRows(i, days[i].rows), days[i].cells, by).value();
      std::vector<size_t> places;
      for (const Group& group : of_day->groups()) {
        const auto [known, is_new] =
            place_of.try_emplace({group.cell, group.values}, groups.size());
        if (is_new) groups.push_back({.cell = group.cell, .values = group.values});
        groups[known->second].count += group.count;
        places.push_back(known->second);
      }
      const auto walk = of_day->Walk({}, {});
      while (walk->Next(Cancellation()).value()) {
        for (const uint32_t group : walk->groups()) {
          plates[places[group]].insert(std::string(walk->plate()));
        }
      }
    }
    if (by.distinct_plates) {
      for (const auto& [place, of_group] : plates) groups[place].distinct_plates = of_group.size();
    }
    std::sort(groups.begin(), groups.end(), GroupLess);
    return groups;
  }

  void ExpectCounts(std::span<const GroupDay> days, const GroupBy& by) {
    const auto counted = CountGroups(days, by, Cancellation());
    ASSERT_TRUE(counted) << counted.error().message;
    const std::vector<Group> expected = Expected(days, by);
    ASSERT_EQ(counted->size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) ASSERT_EQ((*counted)[i], expected[i]) << i;
  }

  const std::vector<std::vector<GroupKey>> kQuestions = {
      {},
      {Attribute("color")},
      {kCamera},
      {kCamera, Attribute("color"), kPlateColor},
      {Attribute("mixed")},  // equal numbers of two types
      {Attribute("zz 3"), Attribute("speed")},  // a rare one
      {Attribute("no such name")},
      {kPlate},
      {kPlate, kCamera, Attribute("brand"), Attribute("speed")},  // more ids than rows
  };

  std::vector<std::shared_ptr<const DayColumns>> columns_;

 private:
  std::mt19937_64 random_;
  std::unique_ptr<ColumnIndex> index_;
  std::vector<RandomDay> days_;
};

TEST_P(GroupCountsTest, OfADayAreWhatIsCountedOneByOne) {
  for (const auto& keys : kQuestions) {
    for (const size_t stretches : {0, 1, 5, 300}) {
      const GroupDay day =
          Question(0, stretches == 0 ? std::vector<TimeCell>() : Cells(std::min<size_t>(
                                                                     stretches, GetParam().times)));
      ExpectCounts({&day, 1}, {.keys = keys});
    }
  }
}

TEST_P(GroupCountsTest, OfDaysThatShareCellsCountAPlateOnce) {
  for (const auto& keys : kQuestions) {
    for (const size_t stretches : {0, 4}) {
      std::vector<GroupDay> days;
      for (size_t i = 0; i < kDays; ++i) {
        days.push_back(Question(i, stretches == 0 ? std::vector<TimeCell>() : Cells(stretches)));
      }
      ExpectCounts(days, {.keys = keys});
      ExpectCounts(days, {.keys = keys, .distinct_plates = false});
    }
  }
}

TEST_P(GroupCountsTest, OfDaysWithCellsOfTheirOwnAndSharedOnes) {
  // As local days that begin in the middle of a UTC day, and hours of which each is one day's.
  const uint32_t noon = GetParam().times / 2;
  std::vector<GroupDay> by_day;
  std::vector<GroupDay> by_hour;
  for (uint32_t i = 0; i < kDays; ++i) {
    by_day.push_back(Question(i, {{0, i}, {noon, i + 1}}));
    by_hour.push_back(Question(i, {{0, 10 * i}, {noon, 10 * i + 1}}));
  }
  ExpectCounts(by_day, {.keys = {Attribute("color")}});
  ExpectCounts(by_hour, {.keys = {Attribute("color")}});
}

TEST_P(GroupCountsTest, MoreGroupsThanAllowedAreAnError) {
  const GroupDay day{.columns = columns_[0],
                     .rows = {.as_of = std::numeric_limits<Sequence>::max()},
                     .cells = {}};
  GroupBy by{.keys = {kPlate, Attribute("speed")}};
  const size_t groups = CountGroups({&day, 1}, by, Cancellation())->size();
  by.max_groups = groups;
  EXPECT_TRUE(CountGroups({&day, 1}, by, Cancellation()));
  for (const size_t max_groups : {groups - 1, size_t{1}}) {
    by.max_groups = max_groups;
    const auto counted = CountGroups({&day, 1}, by, Cancellation());
    ASSERT_FALSE(counted);
    EXPECT_EQ(counted.error().code, ErrorCode::kTooLarge);
  }
}

TEST_P(GroupCountsTest, WhatIsCancelledSaysSo) {
  Cancellation cancelled;
  cancelled.Cancel();
  std::vector<GroupDay> days;
  for (size_t i = 0; i < kDays; ++i) {
    days.push_back({.columns = columns_[i], .rows = {.as_of = 1'000'000}, .cells = {}});
  }
  EXPECT_EQ(CountGroups(days, {}, cancelled).error().code, ErrorCode::kCancelled);
  const auto groups = columns_[0]->GroupRows(days[0].rows, {}, {}, Cancellation());
  ASSERT_TRUE(groups);
  EXPECT_EQ((*groups)->CountPlates(cancelled).error().code, ErrorCode::kCancelled);
  EXPECT_EQ((*groups)->Walk({}, {})->Next(cancelled).error().code, ErrorCode::kCancelled);
}

TEST_P(GroupCountsTest, WalksOfRangesAreTheWholeWalk) {
  const GroupDay day = Question(0, Cells(3));
  const auto groups =
      columns_[0]->GroupRows(day.rows, day.cells, {.keys = {kCamera}}, Cancellation()).value();
  using Walked = std::map<std::string, std::set<uint32_t>>;
  const auto walk = [&](std::string_view from, std::string_view to) {
    Walked walked;
    const auto range = groups->Walk(from, to);
    while (range->Next(Cancellation()).value()) {
      EXPECT_TRUE(walked.empty() || walked.rbegin()->first < range->plate());
      walked[std::string(range->plate())] = {range->groups().begin(), range->groups().end()};
      EXPECT_EQ(walked.rbegin()->second.size(), range->groups().size()) << "each group once";
    }
    return walked;
  };
  const Walked whole = walk({}, {});
  if (whole.empty()) return;
  const auto half_way = static_cast<ptrdiff_t>(Below(whole.size()));
  const std::string middle = std::next(whole.begin(), half_way)->first;
  Walked parts = walk({}, middle);
  const Walked rest = walk(middle, {});
  EXPECT_FALSE(parts.contains(middle));
  EXPECT_TRUE(rest.contains(middle));
  parts.insert(rest.begin(), rest.end());
  EXPECT_EQ(parts, whole);
}

std::string NameOf(const ::testing::TestParamInfo<RandomDayOptions>& tested) {
  const std::vector<std::string> names = {"Usual", "Uncorrected", "ManyPlates", "Crowded"};
  return names[tested.index];
}

INSTANTIATE_TEST_SUITE_P(
    Days, GroupCountsTest,
    ::testing::Values(RandomDayOptions{.vectors = 0},
                      RandomDayOptions{.corrections = 0, .vectors = 0},
                      RandomDayOptions{.times = 86'400'000, .plates = 3'000, .vectors = 0},
                      RandomDayOptions{.times = 50, .cameras = 5, .plates = 10, .vectors = 0}),
    NameOf);

// Segments that follow one another in time, as a day that is watched gives them.
TEST(GroupCounts, OfSegmentsInOrderOfTimeAreMergedAtTheirSeamsAlone) {
  constexpr Day kDay{17'065};
  constexpr TimestampMs kNow{1'474'450'000'000};
  MemoryFeed feed;
  const auto index = ColumnIndex::Create(feed, {.seal_rows = 1'000, .max_segment_rows = 1'000});
  std::vector<GroupedRow> plain;
  uint32_t number = 0;
  for (int segment = 0; segment < 5; ++segment) {
    std::vector<IndexRow> rows;
    for (int i = 0; i < 1'000; ++i, ++number) {
      IndexRow row{.key = {number * 10, number % 7, number}, .sequence = number + 1};
      row.plate = "A" + std::to_string(number * 7919 % 613);
      plain.push_back({.ms_of_day = row.key.ms_of_day, .camera_number = row.key.camera_number,
                       .plate = row.plate});
      rows.push_back(std::move(row));
    }
    feed.Append(kDay, std::move(rows));
    ASSERT_TRUE(*index->SealOnce(kDay, kNow, false, Cancellation()));
  }
  std::vector<TimeCell> cells;
  for (uint32_t hour = 0; hour < 12; ++hour) cells.push_back({hour * 4'300, hour});
  const GroupBy by{.keys = {kCamera}};
  const GroupDay day{*index->Open(kDay, Cancellation()), {.as_of = number}, cells};
  const auto counted = CountGroups({&day, 1}, by, Cancellation());
  ASSERT_TRUE(counted);

  const auto expected = testing::GroupPlainRows(plain, cells, by).value();
  const std::vector<uint64_t> plates = expected->CountPlates(Cancellation()).value();
  std::vector<Group> groups(expected->groups().begin(), expected->groups().end());
  for (size_t i = 0; i < groups.size(); ++i) groups[i].distinct_plates = plates[i];
  std::sort(groups.begin(), groups.end(), GroupLess);
  EXPECT_EQ(*counted, groups);
}

TEST(GroupValue, OfEqualNumbersIsOne) {
  EXPECT_EQ(GroupValueOf(2013.0), GroupValueOf(int64_t{2013}));
  EXPECT_EQ(GroupValueOf(-0.0), GroupValueOf(int64_t{0}));
  EXPECT_EQ(GroupValueOf(-0x1p63), GroupValueOf(std::numeric_limits<int64_t>::min()));
  EXPECT_EQ(GroupValueOf(0x1p63), GroupValue(AttributeValue(0x1p63))) << "no integer";
  EXPECT_EQ(GroupValueOf(0.5), GroupValue(AttributeValue(0.5)));
  EXPECT_EQ(GroupValueOf(true), GroupValue(AttributeValue(true)));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(GroupValueOf(infinity), GroupValue(AttributeValue(infinity)));
}

TEST(IdNumbers, AreGivenInTheOrderOfTheirIds) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  IdNumbers numbers;
  std::map<uint64_t, uint32_t> expected;
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t id = (random() % 5'000) << (random() % 3 * 26);
    const auto [known, is_new] = expected.try_emplace(id, static_cast<uint32_t>(expected.size()));
    ASSERT_EQ(numbers.Of(id), known->second);
  }
  EXPECT_EQ(numbers.size(), expected.size());
  for (const auto& [id, number] : expected) EXPECT_EQ(numbers.IdOf(number), id);
}

}  // namespace
}  // namespace sightline::index
