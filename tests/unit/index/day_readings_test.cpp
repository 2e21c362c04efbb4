// The readings that analyses take, against a model that looks at every version.
#include "index/day_readings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "index/column_index.h"
#include "tests/unit/index/random_day.h"
#include "tests/unit/index/random_day_test.h"

namespace sightline::index {
namespace {

using Readings = std::map<std::string, std::vector<ColumnReading>>;

auto OrderOf(const RowKey& key) {
  return std::tuple(key.ms_of_day, key.camera_number, key.identity_hash);
}

// The rows in force, by (time, camera number, identity).
std::vector<const IndexRow*> RowsAt(const RandomDay& day, Sequence as_of) {
  std::vector<const IndexRow*> rows =
      day.PassingRows(ColumnQuery{.as_of = as_of}, day.versions().size());
  std::sort(rows.begin(), rows.end(), [](const IndexRow* a, const IndexRow* b) {
    return OrderOf(a->key) < OrderOf(b->key);
  });
  return rows;
}

Readings ReadingsIn(const RandomDay& day, const ReadingWindow& window) {
  Readings readings;
  for (const IndexRow* row : RowsAt(day, window.as_of)) {
    const uint32_t ms = row->key.ms_of_day;
    if (row->plate.empty() || ms < window.from_ms || ms >= window.to_ms) continue;
    readings[row->plate].push_back({row->key, row->sequence, row->location});
  }
  return readings;
}

Readings Walked(PlateWalk& walk) {
  Readings readings;
  double progress = 0;
  while (true) {
    const auto found = walk.Next(Cancellation());
    EXPECT_TRUE(found);
    if (!found || !*found) return readings;
    EXPECT_TRUE(readings.empty() || readings.rbegin()->first < walk.plate()) << walk.plate();
    EXPECT_GE(walk.progress(), progress);
    EXPECT_LE(walk.progress(), 1);
    progress = walk.progress();
    readings[std::string(walk.plate())] = {walk.readings().begin(), walk.readings().end()};
  }
}

class DayReadingsTest : public RandomDayTest {
 protected:
  // Some versions in sealed segments, some in several unsealed ones.
  std::shared_ptr<const DayColumns> Fill(RandomDay& day) {
    index_ = ColumnIndex::Create(feed_, {.seal_rows = 3'000, .max_segment_rows = 6'000});
    for (const size_t count : {4'000, 3'500, 3'000}) {
      feed_.Append(kFirst, day.Next(count));
      EXPECT_TRUE(*index_->SealOnce(kFirst, kNow, false, Cancellation()));
    }
    for (const size_t count : {1'000, 200, 1, 1}) {
      feed_.Append(kFirst, day.Next(count));
      EXPECT_TRUE(index_->Open(kFirst, Cancellation()));
    }
    return *index_->Open(kFirst, Cancellation());
  }

  ReadingWindow Window(RandomDay& day) const {
    std::mt19937_64& random = day.random();
    ReadingWindow window{.as_of = day.last_sequence()};
    if (random() % 2 == 0) window.as_of = random() % (day.last_sequence() + 2);
    if (random() % 2 == 0) {
      window.from_ms = static_cast<uint32_t>(random() % GetParam().times);
      window.to_ms = window.from_ms + static_cast<uint32_t>(random() % GetParam().times);
    }
    return window;
  }

 private:
  std::unique_ptr<ColumnIndex> index_;
};

TEST_P(DayReadingsTest, AWalkGivesEveryPlateWithAllItsReadings) {
  RandomDay day(seed_, GetParam());
  const auto columns = Fill(day);
  for (int i = 0; i < 12; ++i) {
    const ReadingWindow window = Window(day);
    const auto walk = columns->WalkPlates(window);
    const Readings expected = ReadingsIn(day, window);
    EXPECT_TRUE(walk->progress() == 0 || expected.empty());
    ASSERT_EQ(Walked(*walk), expected);
  }
}

TEST_P(DayReadingsTest, ASeekGoesToThePlateOrTheNext) {
  RandomDay day(seed_, GetParam());
  const auto columns = Fill(day);
  const ReadingWindow window{.as_of = day.last_sequence()};
  const Readings expected = ReadingsIn(day, window);
  const auto walk = columns->WalkPlates(window);
  for (int i = 0; i < 200; ++i) {
    auto at = std::next(expected.begin(),
                        static_cast<ptrdiff_t>(day.random()() % expected.size()));
    std::string plate = at->first;
    if (i % 3 == 1) plate.pop_back();
    if (i % 3 == 2) plate += "0";
    at = expected.lower_bound(plate);
    walk->Seek(plate);
    for (int steps = 0; steps < 3 && at != expected.end(); ++steps, ++at) {
      ASSERT_TRUE(*walk->Next(Cancellation()));
      EXPECT_EQ(walk->plate(), at->first);
      EXPECT_TRUE(std::ranges::equal(walk->readings(), at->second));
    }
  }
  walk->Seek("\xF4\x8F\xBF\xBF");
  EXPECT_FALSE(*walk->Next(Cancellation()));
  EXPECT_EQ(walk->progress(), 1);
  walk->Seek("");
  EXPECT_EQ(Walked(*walk), expected);
}

TEST_P(DayReadingsTest, TheReadingsOfAPlateAreThoseOfTheWalk) {
  RandomDay day(seed_, GetParam());
  const auto columns = Fill(day);
  for (int i = 0; i < 5; ++i) {
    const ReadingWindow window = Window(day);
    const Readings expected = ReadingsIn(day, window);
    size_t looked_at = 0;
    for (const auto& [plate, readings] : expected) {
      if (++looked_at > 300) break;
      EXPECT_EQ(*columns->ReadingsOf(plate, window), readings) << plate;
    }
    EXPECT_TRUE(columns->ReadingsOf("沪NONE", window)->empty());
    EXPECT_TRUE(columns->ReadingsOf("", window)->empty()) << "unread plates are nobody's";
  }
}

TEST_P(DayReadingsTest, ReadingsNearMomentsAreAllOfThose) {
  RandomDay day(seed_, GetParam());
  const auto columns = Fill(day);
  for (int i = 0; i < 10; ++i) {
    std::mt19937_64& random = day.random();
    const Sequence as_of = i % 2 == 0 ? day.last_sequence() : random() % day.last_sequence();
    const auto within = static_cast<uint32_t>(random() % (i < 5 ? 300 : 5'000));
    std::vector<CameraMoment> moments;
    for (int n = 0; n < 40; ++n) {
      moments.push_back({static_cast<uint32_t>(random() % (3 * GetParam().cameras + 3)),
                         static_cast<uint32_t>(random() % GetParam().times)});
    }
    moments.push_back({1, 0});
    moments.push_back({1, 86'399'999});
    const std::vector<const IndexRow*> rows = RowsAt(day, as_of);
    std::vector<std::tuple<uint32_t, uint32_t, uint32_t, uint64_t, std::string>> expected;
    for (uint32_t m = 0; m < moments.size(); ++m) {
      for (const IndexRow* row : rows) {
        const int64_t apart = int64_t{row->key.ms_of_day} - moments[m].ms_of_day;
        if (row->plate.empty() || row->key.camera_number != moments[m].camera_number ||
            apart > within || -apart > within) {
          continue;
        }
        expected.emplace_back(m, row->key.ms_of_day, row->key.camera_number,
                              row->key.identity_hash, row->plate);
      }
    }
    const auto found = columns->ReadingsNear(moments, within, as_of, Cancellation());
    ASSERT_TRUE(found);
    decltype(expected) actual;
    for (const NearbyReading& near : *found) {
      actual.emplace_back(near.moment, near.key.ms_of_day, near.key.camera_number,
                          near.key.identity_hash, near.plate);
    }
    ASSERT_EQ(actual, expected);
  }
}

TEST_P(DayReadingsTest, PlatesAreNumberedInTheirOrder) {
  RandomDay day(seed_, GetParam());
  const auto columns = Fill(day);
  std::map<std::string, uint32_t> expected;  // of every version: numbers hold at any as_of
  for (const IndexRow& row : day.versions()) {
    if (!row.plate.empty()) expected[row.plate] = 0;
  }
  uint32_t next = 0;
  for (auto& [plate, number] : expected) number = next++;
  const auto numbers = columns->NumberPlates(Cancellation());
  ASSERT_TRUE(numbers);
  ASSERT_EQ((*numbers)->size(), expected.size());
  for (const auto& [plate, number] : expected) {
    EXPECT_EQ((*numbers)->Find(plate), number);
    EXPECT_EQ((*numbers)->PlateOf(number), plate);
  }
  EXPECT_EQ((*numbers)->Find("沪NONE"), std::nullopt);
  EXPECT_EQ(*columns->NumberPlates(Cancellation()), *numbers) << "made once";
}

TEST_P(DayReadingsTest, PassingsAreTheRowsThatPass) {
  RandomDay day(seed_, GetParam());
  const auto columns = Fill(day);
  const auto numbers = *columns->NumberPlates(Cancellation());
  for (int i = 0; i < 40; ++i) {
    const ColumnQuery query = i == 0 ? ColumnQuery{.as_of = day.last_sequence()} : day.Query();
    std::vector<std::tuple<uint32_t, uint32_t, std::string>> expected;
    for (const IndexRow* row : day.PassingRows(query, day.versions().size())) {
      expected.emplace_back(row->key.ms_of_day, row->key.camera_number, row->plate);
    }
    std::sort(expected.begin(), expected.end());
    decltype(expected) actual;
    const auto visited = columns->VisitPassings(
        query,
        [&](std::span<const Passing> batch) {
          EXPECT_FALSE(batch.empty());
          for (const Passing& passing : batch) {
            EXPECT_TRUE(actual.empty() || std::get<0>(actual.back()) <= passing.ms_of_day);
            actual.emplace_back(
                passing.ms_of_day, passing.camera_number,
                passing.plate == kUnreadPlate ? "" : numbers->PlateOf(passing.plate));
          }
          return true;
        },
        Cancellation());
    ASSERT_TRUE(visited);
    std::sort(actual.begin(), actual.end());
    ASSERT_EQ(actual, expected) << "question " << i;
  }
}

TEST_P(DayReadingsTest, WhatIsCancelledSaysSo) {
  RandomDay day(seed_, GetParam());
  const auto columns = Fill(day);
  Cancellation cancelled;
  cancelled.Cancel();
  const auto is_cancelled = [](const auto& result) {
    return !result && result.error().code == ErrorCode::kCancelled;
  };
  EXPECT_TRUE(is_cancelled(columns->WalkPlates({.as_of = 1})->Next(cancelled)));
  EXPECT_TRUE(is_cancelled(columns->NumberPlates(cancelled)));
  EXPECT_TRUE(columns->NumberPlates(Cancellation())) << "a later call makes them";
  const CameraMoment moment{1, 1};
  EXPECT_TRUE(is_cancelled(columns->ReadingsNear({&moment, 1}, 5, 1, cancelled)));
  const auto never = [](std::span<const Passing>) -> bool { throw std::logic_error("visited"); };
  EXPECT_TRUE(is_cancelled(columns->VisitPassings({.as_of = 1}, never, cancelled)));
}

TEST_P(DayReadingsTest, AVisitorMayEndTheVisit) {
  RandomDay day(seed_, GetParam());
  const auto columns = Fill(day);
  int batches = 0;
  EXPECT_TRUE(columns->VisitPassings(
      {.as_of = day.last_sequence()},
      [&](std::span<const Passing> batch) {
        EXPECT_LT(batch.size(), columns->rows());
        ++batches;
        return false;
      },
      Cancellation()));
  EXPECT_EQ(batches, 1);
}

std::string NameOf(const ::testing::TestParamInfo<RandomDayOptions>& tested) {
  const std::vector<std::string> names = {"Usual", "Uncorrected", "ManyPlates", "Crowded"};
  return names[tested.index];
}

INSTANTIATE_TEST_SUITE_P(
    Days, DayReadingsTest,
    ::testing::Values(RandomDayOptions{.vectors = 0},
                      RandomDayOptions{.corrections = 0, .vectors = 0},
                      RandomDayOptions{.times = 86'400'000, .plates = 3'000, .vectors = 0},
                      RandomDayOptions{.times = 50, .cameras = 5, .plates = 10, .vectors = 0}),
    NameOf);

}  // namespace
}  // namespace sightline::index
