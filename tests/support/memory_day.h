// One day of a MemoryStore.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/mutex.h"
#include "storage/store.h"

namespace sightline::testing {

// Rows and corrections are only ever added. Thread-safe.
class MemoryDay final : public storage::DayReader, public std::enable_shared_from_this<MemoryDay> {
 public:
  // A row's place in key order: minute, camera, millisecond of day, hash.
  using Place = std::tuple<uint32_t, uint32_t, uint32_t, uint64_t>;

  static Place PlaceOf(const storage::RowKey& key);
  static storage::RowKey KeyOf(const Place& place);

  // `segment_directory` exists and outlives the day.
  MemoryDay(Day day, std::filesystem::path segment_directory)
      : day_(day), segment_directory_(std::move(segment_directory)) {}

  // False: the key is taken; the first stays.
  bool Add(const storage::RowKey& key, const StoredSighting& row);
  // Of a row that is stored; sequences ascend.
  void Correct(const storage::RowKey& key, const StoredCorrection& correction);
  Status CommitSegments(uint64_t sealed_to, std::span<const storage::SegmentEntry> added,
                        std::span<const std::string> removed);
  void DropSegments();

  // The row as it stands at `as_of`.
  std::optional<StoredSighting> Find(const storage::RowKey& key, Sequence as_of) const;
  // The row at or after `place` as it came, at which `place` is set; null: there is none.
  const StoredSighting* AtOrAfter(Place& place) const;
  // The last minute before `minute` that has rows.
  std::optional<uint32_t> MinuteBefore(uint32_t minute) const;

  Day day() const override { return day_; }
  std::unique_ptr<storage::RowCursor> Rows() const override;
  Result<std::vector<storage::PlateRow>> PlateRows(std::string_view plate, Interval time,
                                                   Sequence as_of) const override;
  Result<std::vector<std::optional<StoredSighting>>> Get(std::span<const storage::RowKey> keys,
                                                         Sequence as_of) const override;
  Result<StoredSighting> Decode(const storage::RowView& row, Sequence as_of) const override;
  bool IsInForce(const storage::RowVersion& version, Sequence as_of) const override;
  std::string CameraId(uint32_t camera_number) const override;
  uint64_t sealed_to() const override;
  uint64_t log_end() const override;
  std::vector<storage::RowVersion> ReadLog(uint64_t from, size_t limit) const override;
  std::vector<storage::SegmentEntry> Segments() const override;
  std::filesystem::path segment_directory() const override { return segment_directory_; }

 private:
  struct Row {
    StoredSighting first;
    std::vector<StoredCorrection> corrections;
  };

  static std::optional<StoredSighting> AsOf(const Row& row, Sequence as_of);

  const Day day_;
  const std::filesystem::path segment_directory_;
  mutable Mutex mutex_;
  std::map<Place, Row> rows_ SIGHTLINE_GUARDED_BY(mutex_);
  std::map<uint32_t, std::string> camera_ids_ SIGHTLINE_GUARDED_BY(mutex_);
  std::vector<storage::RowVersion> log_ SIGHTLINE_GUARDED_BY(mutex_);
  uint64_t sealed_to_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  std::vector<storage::SegmentEntry> segments_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::testing
