// One day of a MemoryStore.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/mutex.h"
#include "storage/store.h"

namespace sightline::testing {

// Rows are only ever added. Thread-safe.
class MemoryDay final : public storage::DayReader, public std::enable_shared_from_this<MemoryDay> {
 public:
  // A row's place in key order: minute, camera, millisecond of day, hash.
  using Place = std::tuple<uint32_t, uint32_t, uint32_t, uint64_t>;
  using RowMap = std::map<Place, StoredSighting>;

  static Place PlaceOf(const storage::RowKey& key);
  static storage::RowKey KeyOf(const Place& place);

  explicit MemoryDay(Day day) : day_(day) {}

  // False: the key is taken; the first stays.
  bool Add(const storage::RowKey& key, const StoredSighting& row);
  // Null when nothing is stored there.
  const StoredSighting* Find(const storage::RowKey& key) const;
  // The row at or after `place`, at which `place` is set; null: there is none.
  const StoredSighting* AtOrAfter(Place& place) const;
  // The last minute before `minute` that has rows.
  std::optional<uint32_t> MinuteBefore(uint32_t minute) const;

  Day day() const override { return day_; }
  std::unique_ptr<storage::RowCursor> Rows() const override;
  Result<std::vector<storage::PlateRow>> PlateRows(std::string_view plate, Interval time,
                                                   Sequence as_of) const override;
  Result<std::vector<std::optional<StoredSighting>>> Get(
      std::span<const storage::RowKey> keys) const override;
  Result<StoredSighting> Decode(const storage::RowView& row) const override;
  std::string CameraId(uint32_t camera_number) const override;

 private:
  const Day day_;
  mutable Mutex mutex_;
  RowMap rows_ SIGHTLINE_GUARDED_BY(mutex_);
  std::map<uint32_t, std::string> camera_ids_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::testing
