#include "index/column_index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "core/log.h"
#include "core/plate.h"
#include "tests/unit/index/memory_feed.h"
#include "tests/unit/index/random_day.h"

namespace sightline::index {
namespace {

constexpr Day kDay{17'065};
constexpr TimestampMs kNow{1'474'450'000'000};
constexpr size_t kAll = std::numeric_limits<size_t>::max();

// All rows of a scan, `limit` at least at a time, after a look at how batches are cut.
std::vector<RowKey> ReadAll(const DayColumns& columns, const ColumnQuery& query, size_t limit) {
  std::vector<RowKey> all;
  const auto scan = columns.Scan(query);
  while (true) {
    const auto batch = scan->Next(limit, Cancellation());
    if (!batch) {
      ADD_FAILURE() << batch.error().message;
      return all;
    }
    if (batch->empty()) return all;
    for (size_t i = 0; i < batch->size(); ++i) {
      if (all.empty()) {
      } else if (query.order == TimeOrder::kAscending) {
        EXPECT_LE(all.back().ms_of_day, (*batch)[i].ms_of_day);
      } else {
        EXPECT_GE(all.back().ms_of_day, (*batch)[i].ms_of_day);
      }
      if (i == 0 && !all.empty()) {
        EXPECT_NE(all.back().ms_of_day, (*batch)[0].ms_of_day) << "a millisecond in two batches";
      }
      // Enough without the last millisecond: the batch went on for longer than it should.
      if (i >= limit) {
        EXPECT_EQ((*batch)[i].ms_of_day, (*batch)[limit - 1].ms_of_day);
      }
      all.push_back((*batch)[i]);
    }
  }
}

class ColumnIndexTest : public ::testing::Test {
 protected:
  ColumnIndexTest() { SetLogLevel(LogLevel::kOff); }
  ~ColumnIndexTest() override { SetLogLevel(LogLevel::kInfo); }

  std::shared_ptr<const DayColumns> Open(ColumnIndex& index) {
    auto columns = index.Open(kDay, Cancellation());
    EXPECT_TRUE(columns) << columns.error().message;
    return columns ? *columns : nullptr;
  }

  void Append(RandomDay& day, size_t count) { feed_.Append(kDay, day.Next(count)); }

  // Seals and merges all that can be, and says how often something was written.
  int SealAll(ColumnIndex& index) {
    for (int written = 0;; ++written) {
      const auto sealed = index.SealOnce(kDay, kNow, /*force=*/true, Cancellation());
      EXPECT_TRUE(sealed) << sealed.error().message;
      if (!sealed || !*sealed) return written;
    }
  }

  // Asks `count` random questions about the whole of the day.
  void ExpectAnswersOf(ColumnIndex& index, RandomDay& day, int count) {
    const auto columns = Open(index);
    ASSERT_NE(columns, nullptr);
    EXPECT_EQ(columns->rows(), day.versions().size());
    for (int i = 0; i < count; ++i) {
      const ColumnQuery query = day.Query();
      const size_t limit = i % 3 == 0 ? kAll : 1 + day.random()() % 200;
      const auto expected = day.Answer(query, day.versions().size());
      ASSERT_EQ(Sorted(ReadAll(*columns, query, limit)), expected) << "question " << i;
      EXPECT_GE(columns->EstimateRows(query), expected.size());
    }
  }

  size_t FilesThere() const {
    size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(feed_.Directory(kDay))) {
      files += entry.is_regular_file();
    }
    return files;
  }

  MemoryFeed feed_;
};

TEST_F(ColumnIndexTest, AnswersAsAModelDoes) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (const RandomDayOptions& options :
       {RandomDayOptions{}, RandomDayOptions{.times = 86'400'000, .places = 100'000},
        RandomDayOptions{.times = 5, .cameras = 1000, .plates = 100'000},
        RandomDayOptions{.first_sequence = uint64_t{1} << 40}}) {
    feed_.Delete(kDay);
    RandomDay day(seed, options);
    const auto index =
        ColumnIndex::Create(feed_, {.seal_rows = 9'000, .max_segment_rows = 40'000});
    for (const size_t count : {1, 3, 60, 7'000, 1'000, 15'000, 2, 1, 1, 1, 1, 1}) {
      Append(day, count);
      ExpectAnswersOf(*index, day, 15);
      ASSERT_TRUE(index->SealOnce(kDay, kNow, false, Cancellation()));
      ExpectAnswersOf(*index, day, 5);
    }
    EXPECT_GT(SealAll(*index), 0);
    ExpectAnswersOf(*index, day, 100);
    EXPECT_EQ(feed_.ResetCount(), 0u);
  }
}

TEST_F(ColumnIndexTest, SealedSegmentsAreReadAfterAStart) {
  RandomDay day(1, {});
  {
    const auto index = ColumnIndex::Create(feed_, {.max_segment_rows = 3'000});
    for (int i = 0; i < 4; ++i) {
      Append(day, 1'000);
      ASSERT_TRUE(*index->SealOnce(kDay, kNow, true, Cancellation()));
    }
    SealAll(*index);
    Append(day, 500);
  }
  const auto index = ColumnIndex::Create(feed_, {});
  ExpectAnswersOf(*index, day, 100);
  const auto stats = index->GetStats();
  ASSERT_EQ(stats.size(), 1u);
  EXPECT_EQ(stats[0].sealed_rows, 4'000u);
  EXPECT_EQ(stats[0].unsealed_rows, 500u);
  EXPECT_EQ(stats[0].segments, 2u) << "3,000 rows and 1,000";
  EXPECT_EQ(FilesThere(), 2u) << "what was merged is removed";
  EXPECT_EQ(feed_.ResetCount(), 0u);
}

TEST_F(ColumnIndexTest, SealsAreDueByRowsOrQuietOrScarceMemory) {
  RandomDay day(2, {});
  const auto index = ColumnIndex::Create(feed_, {.seal_rows = 1'000, .seal_idle_ms = 500});
  const auto seal = [&](ColumnIndex& by, int64_t later) {
    return *by.SealOnce(kDay, kNow + later, false, Cancellation());
  };
  Append(day, 900);
  EXPECT_FALSE(seal(*index, 0)) << "too few and just come";
  EXPECT_FALSE(seal(*index, 499));
  Append(day, 50);
  EXPECT_FALSE(seal(*index, 500)) << "some came";
  EXPECT_FALSE(seal(*index, 999));
  EXPECT_TRUE(seal(*index, 1'000)) << "none came for so long";
  EXPECT_FALSE(seal(*index, 1'000));
  Append(day, 1'000);
  EXPECT_TRUE(seal(*index, 1'001));
  EXPECT_FALSE(seal(*index, 1'001)) << "two of one size wait for a third and a fourth";

  const auto scarce = ColumnIndex::Create(feed_, {.max_unsealed_rows = 4'096});
  Append(day, 4'095);
  EXPECT_FALSE(seal(*scarce, 0));
  Append(day, 1);
  EXPECT_TRUE(seal(*scarce, 0));
}

TEST_F(ColumnIndexTest, ADayThatHoldsNothingIsNull) {
  const auto index = ColumnIndex::Create(feed_, {});
  EXPECT_EQ(Open(*index), nullptr);
  EXPECT_TRUE(index->GetStats().empty());
  EXPECT_FALSE(*index->SealOnce(kDay, kNow, true, Cancellation()));
}

TEST_F(ColumnIndexTest, ADeletedDayMayComeBackAsAnother) {
  RandomDay first(3, {});
  const auto index = ColumnIndex::Create(feed_, {});
  Append(first, 2'000);
  SealAll(*index);
  const auto held = Open(*index);
  feed_.Delete(kDay);
  index->Forget(kDay);
  EXPECT_EQ(Open(*index), nullptr);
  RandomDay second(4, {});
  Append(second, 100);
  ExpectAnswersOf(*index, second, 20);
  ColumnQuery everything{.as_of = first.last_sequence()};
  const auto scan = held->Scan(everything);
  EXPECT_TRUE(scan->Next(1, Cancellation())) << "what is open stays mapped";
}

TEST_F(ColumnIndexTest, OnlySoManyDaysAreKeptReady) {
  const auto index = ColumnIndex::Create(feed_, {.max_ready_days = 2});
  RandomDay rows(5, {});
  for (uint16_t i = 0; i < 5; ++i) {
    feed_.Append(Day{i}, rows.Next(10));
    ASSERT_TRUE(index->Open(Day{i}, Cancellation()));
  }
  const auto stats = index->GetStats();
  ASSERT_EQ(stats.size(), 2u);
  EXPECT_EQ(stats[0].day, Day{3});
  EXPECT_EQ(stats[1].day, Day{4});
  EXPECT_EQ((*index->Open(Day{0}, Cancellation()))->rows(), 10u);
}

TEST_F(ColumnIndexTest, ADamagedSegmentIsRebuiltFromTheLog) {
  RandomDay day(6, {});
  Append(day, 5'000);
  SealAll(*ColumnIndex::Create(feed_, {}));
  for (const bool truncate : {false, true}) {
    const size_t resets = feed_.ResetCount();
    for (const auto& entry : std::filesystem::directory_iterator(feed_.Directory(kDay))) {
      if (truncate) {
        std::filesystem::resize_file(entry, entry.file_size() / 2);
      } else {
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(entry.file_size() / 3));
        file.put('!');
      }
    }
    const auto index = ColumnIndex::Create(feed_, {});
    ExpectAnswersOf(*index, day, 20);
    EXPECT_EQ(feed_.ResetCount(), resets + 1);
    SealAll(*index);
    ExpectAnswersOf(*index, day, 20);
    EXPECT_EQ(feed_.ResetCount(), resets + 1);
  }
}

TEST_F(ColumnIndexTest, AMissingSegmentIsRebuiltFromTheLog) {
  RandomDay day(7, {});
  Append(day, 500);
  SealAll(*ColumnIndex::Create(feed_, {}));
  for (const auto& entry : std::filesystem::directory_iterator(feed_.Directory(kDay))) {
    std::filesystem::remove(entry);
  }
  ExpectAnswersOf(*ColumnIndex::Create(feed_, {}), day, 20);
  EXPECT_EQ(feed_.ResetCount(), 1u);
}

TEST_F(ColumnIndexTest, WhatAnotherSealedIsReadFromItsFiles) {
  RandomDay day(14, {});
  Append(day, 2'000);
  const auto index = ColumnIndex::Create(feed_, {});
  ExpectAnswersOf(*index, day, 5);
  SealAll(*ColumnIndex::Create(feed_, {}));
  ExpectAnswersOf(*index, day, 20);
  Append(day, 100);
  ExpectAnswersOf(*index, day, 20);
  EXPECT_EQ(index->GetStats()[0].unsealed_rows, 100u);
}

TEST_F(ColumnIndexTest, ABacklogBecomesFilesBeforeItIsAllInMemory) {
  RandomDay day(15, {});
  Append(day, 20'000);
  const auto index = ColumnIndex::Create(feed_, {.seal_rows = 1'000});
  ExpectAnswersOf(*index, day, 5);
  const auto stats = index->GetStats()[0];
  EXPECT_LT(stats.unsealed_rows, 4'000u + 4'096u);
  EXPECT_EQ(stats.unsealed_rows + stats.sealed_rows, 20'000u);
}

TEST_F(ColumnIndexTest, ManyNamedRowsComeInTheirOrder) {
  // More rows of one plate, and of one rare attribute, than are looked at at once.
  std::vector<IndexRow> rows;
  for (uint32_t i = 0; i < 300'000; ++i) {
    IndexRow row{.key = {i * 7, 1, i}, .sequence = i + 1};
    if (i % 40 == 0) row.plate = "AB123";
    if (i % 50 == 0) row.attributes = {{"rare", true}};
    rows.push_back(std::move(row));
  }
  feed_.Append(kDay, std::move(rows));
  const auto index = ColumnIndex::Create(feed_, {});
  SealAll(*index);
  const auto columns = Open(*index);
  for (const auto order : {TimeOrder::kAscending, TimeOrder::kDescending}) {
    ColumnQuery query{.as_of = 300'000, .order = order, .plate_pattern = "AB123"};
    EXPECT_EQ(ReadAll(*columns, query, 1'000).size(), 7'500u);
    query.attributes = {{"rare", {true}}};
    EXPECT_EQ(ReadAll(*columns, query, 1'000).size(), 1'500u);
    query.plate_pattern.clear();
    const auto keys = ReadAll(*columns, query, 1'000);
    ASSERT_EQ(keys.size(), 6'000u);
    for (size_t i = 0; i < keys.size(); ++i) {
      const size_t place = order == TimeOrder::kAscending ? i : keys.size() - 1 - i;
      EXPECT_EQ(keys[i].identity_hash, place * 50);
    }
  }
}

TEST_F(ColumnIndexTest, ACommitThatFailsLosesNothing) {
  RandomDay day(8, {});
  Append(day, 3'000);
  const auto index = ColumnIndex::Create(feed_, {});
  for (const auto failure : {MemoryFeed::Failure::kBefore, MemoryFeed::Failure::kAfter}) {
    feed_.FailCommits(failure);
    EXPECT_FALSE(index->SealOnce(kDay, kNow, true, Cancellation()));
    feed_.FailCommits(MemoryFeed::Failure::kNone);
    EXPECT_EQ(FilesThere(), failure == MemoryFeed::Failure::kBefore ? 0u : 1u);
    ExpectAnswersOf(*index, day, 20);
    Append(day, 100);
    ExpectAnswersOf(*index, day, 20);
  }
  EXPECT_EQ(SealAll(*index), 2) << "100 rows, and those with 3,100";
  ExpectAnswersOf(*index, day, 20);
  EXPECT_EQ(feed_.ResetCount(), 0u);
}

TEST_F(ColumnIndexTest, ADiskThatTakesNoFilesIsReportedAndAnswersGoOn) {
  RandomDay day(9, {});
  Append(day, 3'000);
  const auto index = ColumnIndex::Create(feed_, {.seal_rows = 100});
  std::filesystem::remove_all(feed_.Directory(kDay));
  const auto sealed = index->SealOnce(kDay, kNow, true, Cancellation());
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, ErrorCode::kIo);
  ExpectAnswersOf(*index, day, 20);
  std::filesystem::create_directories(feed_.Directory(kDay));
  EXPECT_GT(SealAll(*index), 0);
  ExpectAnswersOf(*index, day, 20);
}

TEST_F(ColumnIndexTest, CancelledWorkIsTakenUpAgain) {
  RandomDay day(10, {});
  Append(day, 40'000);
  const auto index = ColumnIndex::Create(feed_, {});
  Cancellation cancelled;
  cancelled.Cancel();
  const auto opened = index->Open(kDay, cancelled);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(index->SealOnce(kDay, kNow, true, cancelled));
  EXPECT_EQ(FilesThere(), 0u);
  const auto columns = Open(*index);
  ColumnQuery everything{.as_of = day.last_sequence()};
  EXPECT_FALSE(columns->Scan(everything)->Next(kAll, cancelled));
  ExpectAnswersOf(*index, day, 20);
}

TEST_F(ColumnIndexTest, TheFirstPageOfAFrequentMatchLooksAtLittle) {
  RandomDay day(11, {.times = 86'400'000});
  Append(day, 100'000);
  const auto index = ColumnIndex::Create(feed_, {});
  SealAll(*index);
  ColumnQuery query{.as_of = day.last_sequence()};
  query.attributes = {{"color", {std::string("silver")}}};
  const auto frequent = Open(*index)->Scan(query);
  EXPECT_GE(frequent->Next(100, Cancellation())->size(), 100u);
  EXPECT_LE(frequent->cost().rows_scanned, 4'096u);

  query.attributes.clear();
  query.plate_pattern = "津A1000";
  const auto plate = Open(*index)->Scan(query);
  ASSERT_TRUE(plate->Next(kAll, Cancellation()));
  EXPECT_LE(plate->cost().rows_scanned, 20'000u);
  EXPECT_EQ(plate->cost().rows_scanned + plate->cost().rows_pruned, 100'000u);
}

TEST_F(ColumnIndexTest, PlatesAreCountedOverAllSegments) {
  RandomDay day(12, {});
  const auto index = ColumnIndex::Create(feed_, {});
  Append(day, 3'000);
  SealAll(*index);
  Append(day, 3'000);
  std::map<std::string, uint32_t> counts;
  for (const IndexRow& row : day.versions()) {
    if (MatchesPlatePattern(row.plate, "京*")) ++counts[row.plate];
  }
  const auto columns = Open(*index);
  const auto plates = columns->PlatesMatching("京*", Cancellation());
  ASSERT_TRUE(plates);
  ASSERT_EQ(plates->size(), counts.size());
  auto expected = counts.begin();
  for (const DayPlate& plate : *plates) {
    EXPECT_EQ(plate.plate, expected->first);
    EXPECT_EQ(plate.versions, expected->second);
    ++expected;
  }
  const std::string some = plates->front().plate;
  const auto near = columns->PlatesNear({.text = some, .max_distance = 0}, Cancellation());
  ASSERT_TRUE(near);
  ASSERT_EQ(near->size(), 1u);
  EXPECT_EQ((*near)[0].plate, some);
  EXPECT_EQ((*near)[0].versions, plates->front().versions);
}

TEST_F(ColumnIndexTest, ReadersSeeEveryRowThatWasThereWhileOthersWriteAndSeal) {
  RandomDay day(13, {.corrections = 0});
  std::vector<std::vector<IndexRow>> batches;
  for (int i = 0; i < 150; ++i) batches.push_back(day.Next(1 + day.random()() % 100));
  const auto index = ColumnIndex::Create(
      feed_, {.seal_rows = 300, .seal_idle_ms = 0, .max_segment_rows = 4'000});
  Append(day, 1);
  std::atomic<uint64_t> appended = 1;
  std::atomic<bool> done = false;
  std::thread sealer([&] {
    while (!done) {
      const auto sealed = index->SealOnce(kDay, kNow, false, Cancellation());
      EXPECT_TRUE(sealed) << sealed.error().message;
    }
  });
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const uint64_t before = appended;
        const auto columns = index->Open(kDay, Cancellation());
        ASSERT_TRUE(columns) << columns.error().message;
        EXPECT_GE((*columns)->rows(), before);
        ColumnQuery query{.as_of = std::numeric_limits<Sequence>::max()};
        query.attributes = {{"color", {std::string("silver"), std::string("black")}}};
        EXPECT_TRUE((*columns)->Scan(query)->Next(kAll, Cancellation()));
        index->GetStats();
      }
    });
  }
  for (const auto& batch : batches) {
    feed_.Append(kDay, batch);
    appended += batch.size();
  }
  done = true;
  sealer.join();
  for (std::thread& reader : readers) reader.join();
  ExpectAnswersOf(*index, day, 30);
  SealAll(*index);
  ExpectAnswersOf(*index, day, 30);
}

}  // namespace
}  // namespace sightline::index
