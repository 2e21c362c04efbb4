#include "tests/support/memory_day.h"

#include <algorithm>

namespace sightline::testing {
namespace {

constexpr uint32_t kMinute = static_cast<uint32_t>(kMillisecondsPerMinute);

class MemoryCursor final : public storage::RowCursor {
 public:
  explicit MemoryCursor(std::shared_ptr<const MemoryDay> day) : day_(std::move(day)) {}

  bool Valid() const override { return found_ != nullptr; }
  const storage::RowView& row() const override { return view_; }
  void Next() override {
    ++std::get<3>(place_);
    if (std::get<3>(place_) == 0) ++std::get<2>(place_);
    Show();
  }
  void Seek(const storage::RowKey& at) override {
    place_ = MemoryDay::PlaceOf(at);
    Show();
  }
  void SeekMinuteBefore(uint32_t minute) override {
    const auto before = day_->MinuteBefore(minute);
    found_ = nullptr;
    if (before) Seek({*before * kMinute, 0, 0});
  }
  Status status() const override { return Ok(); }

 private:
  void Show() {
    found_ = day_->AtOrAfter(place_);
    if (found_) view_ = {MemoryDay::KeyOf(place_), found_->sequence, found_->received, {}};
  }

  std::shared_ptr<const MemoryDay> day_;
  MemoryDay::Place place_;
  const StoredSighting* found_ = nullptr;
  storage::RowView view_;
};

}  // namespace

MemoryDay::Place MemoryDay::PlaceOf(const storage::RowKey& key) {
  return {key.ms_of_day / kMinute, key.camera_number, key.ms_of_day, key.identity_hash};
}

storage::RowKey MemoryDay::KeyOf(const Place& place) {
  return {std::get<2>(place), std::get<1>(place), std::get<3>(place)};
}

bool MemoryDay::Add(const storage::RowKey& key, const StoredSighting& row) {
  MutexLock lock(mutex_);
  camera_ids_.emplace(key.camera_number, row.sighting.camera_id);
  return rows_.emplace(PlaceOf(key), row).second;
}

const StoredSighting* MemoryDay::Find(const storage::RowKey& key) const {
  MutexLock lock(mutex_);
  const auto row = rows_.find(PlaceOf(key));
  return row == rows_.end() ? nullptr : &row->second;
}

const StoredSighting* MemoryDay::AtOrAfter(Place& place) const {
  MutexLock lock(mutex_);
  const auto row = rows_.lower_bound(place);
  if (row == rows_.end()) return nullptr;
  place = row->first;
  return &row->second;
}

std::optional<uint32_t> MemoryDay::MinuteBefore(uint32_t minute) const {
  MutexLock lock(mutex_);
  const auto row = rows_.lower_bound({minute, 0, 0, 0});
  if (row == rows_.begin()) return std::nullopt;
  return std::get<0>(std::prev(row)->first);
}

std::unique_ptr<storage::RowCursor> MemoryDay::Rows() const {
  return std::make_unique<MemoryCursor>(shared_from_this());
}

Result<std::vector<storage::PlateRow>> MemoryDay::PlateRows(std::string_view plate, Interval time,
                                                            Sequence as_of) const {
  std::vector<storage::PlateRow> found;
  MutexLock lock(mutex_);
  for (const auto& [place, row] : rows_) {
    if (row.sighting.plate == plate && time.Contains(row.sighting.time) && row.sequence <= as_of) {
      found.push_back({KeyOf(place), row.sequence});
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.key.ms_of_day, a.key.camera_number, a.key.identity_hash) <
           std::tuple(b.key.ms_of_day, b.key.camera_number, b.key.identity_hash);
  });
  return found;
}

Result<std::vector<std::optional<StoredSighting>>> MemoryDay::Get(
    std::span<const storage::RowKey> keys) const {
  std::vector<std::optional<StoredSighting>> records;
  for (const storage::RowKey& key : keys) {
    const StoredSighting* row = Find(key);
    records.push_back(row ? std::optional(*row) : std::nullopt);
  }
  return records;
}

Result<StoredSighting> MemoryDay::Decode(const storage::RowView& row) const {
  const StoredSighting* found = Find(row.key);
  if (!found) return Internal("a cursor's row is not stored");
  return *found;
}

std::string MemoryDay::CameraId(uint32_t camera_number) const {
  MutexLock lock(mutex_);
  const auto id = camera_ids_.find(camera_number);
  return id == camera_ids_.end() ? std::string() : id->second;
}

}  // namespace sightline::testing
