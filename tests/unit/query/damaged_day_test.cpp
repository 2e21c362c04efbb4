// What a question answers when storage fails, or loses a day, in the middle of it.
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "query/sighting_search.h"
#include "query/trajectory.h"
#include "tests/support/memory_store.h"

namespace sightline::query {
namespace {

constexpr TimestampMs kNoon{int64_t{17'065} * kMillisecondsPerDay + 12 * 3'600'000};
const Error kDamage{ErrorCode::kCorruption, "block checksum mismatch", {}};

// What goes wrong, and when.
struct Faults {
  int rows_before_damage = std::numeric_limits<int>::max();
  std::function<void()> on_row = [] {};
  bool plate_index_names_lost_rows = false;
  bool day_is_gone = false;
};

// As RocksDB's iterators, forgets its damage when it is sent elsewhere.
class FaultyCursor final : public storage::RowCursor {
 public:
  FaultyCursor(std::unique_ptr<storage::RowCursor> cursor, const Faults& faults)
      : cursor_(std::move(cursor)), faults_(faults) {}

  bool Valid() const override { return !damaged_ && cursor_->Valid(); }
  const storage::RowView& row() const override { return cursor_->row(); }
  void Next() override {
    damaged_ = ++rows_ == faults_.rows_before_damage;
    faults_.on_row();
    cursor_->Next();
  }
  void Seek(const storage::RowKey& at) override {
    damaged_ = false;
    cursor_->Seek(at);
  }
  void SeekMinuteBefore(uint32_t minute) override {
    damaged_ = false;
    cursor_->SeekMinuteBefore(minute);
  }
  Status status() const override { return damaged_ ? Status(kDamage) : Ok(); }

 private:
  std::unique_ptr<storage::RowCursor> cursor_;
  const Faults& faults_;
  int rows_ = 0;
  bool damaged_ = false;
};

class FaultyDay final : public storage::DayReader {
 public:
  FaultyDay(std::shared_ptr<const storage::DayReader> day, const Faults& faults)
      : day_(std::move(day)), faults_(faults) {}

  Day day() const override { return day_->day(); }
  std::unique_ptr<storage::RowCursor> Rows() const override {
    return std::make_unique<FaultyCursor>(day_->Rows(), faults_);
  }
  Result<std::vector<storage::PlateRow>> PlateRows(std::string_view plate, Interval time,
                                                   Sequence as_of) const override {
    return day_->PlateRows(plate, time, as_of);
  }
  Result<std::vector<std::optional<StoredSighting>>> Get(
      std::span<const storage::RowKey> keys, Sequence as_of) const override {
    if (!faults_.plate_index_names_lost_rows) return day_->Get(keys, as_of);
    return std::vector<std::optional<StoredSighting>>(keys.size());
  }
  Result<StoredSighting> Decode(const storage::RowView& row, Sequence as_of) const override {
    return day_->Decode(row, as_of);
  }
  bool IsInForce(const storage::RowVersion& version, Sequence as_of) const override {
    return day_->IsInForce(version, as_of);
  }
  std::string CameraId(uint32_t camera_number) const override {
    return day_->CameraId(camera_number);
  }
  uint64_t sealed_to() const override { return day_->sealed_to(); }
  uint64_t log_end() const override { return day_->log_end(); }
  std::vector<storage::RowVersion> ReadLog(uint64_t from, size_t limit) const override {
    return day_->ReadLog(from, limit);
  }
  std::vector<storage::SegmentEntry> Segments() const override { return day_->Segments(); }
  std::filesystem::path segment_directory() const override { return day_->segment_directory(); }

 private:
  std::shared_ptr<const storage::DayReader> day_;
  const Faults& faults_;
};

class FaultyStore final : public testing::MemoryStore {
 public:
  Result<std::shared_ptr<const storage::DayReader>> OpenDay(Day day) override {
    if (faults.day_is_gone && day == DayOf(kNoon)) {
      return std::shared_ptr<const storage::DayReader>();
    }
    SIGHTLINE_ASSIGN(auto opened, testing::MemoryStore::OpenDay(day));
    return std::make_shared<const FaultyDay>(std::move(opened), faults);
  }

  Faults faults;
};

class DamagedDayTest : public ::testing::Test {
 protected:
  // 5,000 rows in two crowded minutes around noon, and one the day before.
  DamagedDayTest() {
    Sighting sighting;
    sighting.camera_id = "a";
    sighting.plate = sighting.plate_read = "A1";
    std::vector<storage::EncodedSighting> batch;
    for (int i = 0; i < 5000; ++i) {
      sighting.time = kNoon + i * 20;
      batch.push_back(store_.Encode(sighting, 1, kNoon, 0));
    }
    sighting.time = kNoon - kMillisecondsPerDay;
    batch.push_back(store_.Encode(sighting, 1, kNoon, 0));
    EXPECT_TRUE(store_.Append(batch).has_value());
  }

  Result<std::vector<FoundSighting>> Search(ResultOrder order, Cancellation cancellation = {},
                                             Interval time = {}) {
    SightingSearch search({.store = store_}, {.filter = {.time = time}, .order = order},
                          std::move(cancellation));
    return search.Next(10'000);
  }

  FaultyStore store_;
};

TEST_F(DamagedDayTest, DamageIsAnErrorAndNotTheEndOfTheAnswer) {
  ASSERT_EQ(Search(ResultOrder::kTimeAscending).value().size(), 5001u);
  for (const int rows : {1, 100, 3000, 4999}) {
    store_.faults.rows_before_damage = rows;
    EXPECT_EQ(Search(ResultOrder::kTimeAscending).error(), kDamage) << "after row " << rows;
    EXPECT_EQ(Search(ResultOrder::kTimeDescending).error(), kDamage) << "after row " << rows;
  }
  // Also in rows that are only passed on the way to the window.
  store_.faults.rows_before_damage = 2;
  for (const ResultOrder order : {ResultOrder::kTimeAscending, ResultOrder::kTimeDescending}) {
    EXPECT_EQ(Search(order, {}, {kNoon + 1000, kNoon + 50'000}).error(), kDamage);
  }
}

TEST_F(DamagedDayTest, APlateRowWithoutItsRecordIsReported) {
  store_.faults.plate_index_names_lost_rows = true;
  SightingSearch search({.store = store_}, {.filter = {.plate_pattern = "A1"}}, {});
  EXPECT_EQ(search.Next(1).error().code, ErrorCode::kCorruption);
  Trajectory trajectory(store_, {.plate = "A1"}, {});
  EXPECT_EQ(trajectory.Next(1).error().code, ErrorCode::kCorruption);
}

TEST_F(DamagedDayTest, ADayThatRetentionTookMeanwhileIsLeftOut) {
  store_.faults.day_is_gone = true;
  const std::vector<FoundSighting> rows = Search(ResultOrder::kTimeDescending).value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].sighting.sighting.time, kNoon - kMillisecondsPerDay);
  Trajectory trajectory(store_, {.plate = "A1"}, {});
  EXPECT_EQ(trajectory.Next(10).value().size(), 1u);
}

TEST_F(DamagedDayTest, CancellingIsNoticedInsideAMinute) {
  Cancellation cancellation;
  int rows = 0;
  store_.faults.on_row = [&] {
    if (++rows == 500) cancellation.Cancel();
  };
  EXPECT_EQ(Search(ResultOrder::kTimeDescending, cancellation).error().code, ErrorCode::kCancelled);
  EXPECT_LE(rows, 1500);
}

}  // namespace
}  // namespace sightline::query
