#include "tests/support/memory_day.h"

#include <algorithm>

#include "storage/apply_correction.h"

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
  const bool added = rows_.emplace(PlaceOf(key), Row{.first = row, .corrections = {}}).second;
  if (added) log_.push_back({key, row.sequence});
  return added;
}

void MemoryDay::Correct(const storage::RowKey& key, const StoredCorrection& correction) {
  MutexLock lock(mutex_);
  rows_.at(PlaceOf(key)).corrections.push_back(correction);
  log_.push_back({key, correction.sequence});
}

Status MemoryDay::CommitSegments(uint64_t sealed_to, std::span<const storage::SegmentEntry> added,
                                 std::span<const std::string> removed) {
  MutexLock lock(mutex_);
  if (sealed_to < sealed_to_ || sealed_to > log_.size()) {
    return InvalidArgument("segments cannot hold the log up to there");
  }
  sealed_to_ = sealed_to;
  for (const std::string& name : removed) {
    std::erase_if(segments_, [&](const auto& segment) { return segment.name == name; });
    std::filesystem::remove(segment_directory_ / name);
  }
  segments_.insert(segments_.end(), added.begin(), added.end());
  return Ok();
}

void MemoryDay::DropSegments() {
  MutexLock lock(mutex_);
  for (const storage::SegmentEntry& segment : segments_) {
    std::filesystem::remove(segment_directory_ / segment.name);
  }
  segments_.clear();
  sealed_to_ = 0;
}

std::optional<StoredSighting> MemoryDay::AsOf(const Row& row, Sequence as_of) {
  if (row.first.sequence > as_of) return std::nullopt;
  StoredSighting found = row.first;
  for (const StoredCorrection& correction : row.corrections) {
    if (correction.sequence > as_of) break;
    storage::ApplyCorrection(correction.correction, found.sighting);
    found.corrected = correction.sequence;
  }
  return found;
}

std::optional<StoredSighting> MemoryDay::Find(const storage::RowKey& key, Sequence as_of) const {
  MutexLock lock(mutex_);
  const auto row = rows_.find(PlaceOf(key));
  return row == rows_.end() ? std::nullopt : AsOf(row->second, as_of);
}

const StoredSighting* MemoryDay::AtOrAfter(Place& place) const {
  MutexLock lock(mutex_);
  const auto row = rows_.lower_bound(place);
  if (row == rows_.end()) return nullptr;
  place = row->first;
  return &row->second.first;
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
    const auto& first = row.first.sighting;
    if (!time.Contains(first.time) || (row.corrections.empty() && first.plate != plate)) continue;
    const auto now = AsOf(row, as_of);
    if (!now || now->sighting.plate != plate) continue;
    found.push_back({KeyOf(place), now->corrected != 0 ? now->corrected : now->sequence});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.key.ms_of_day, a.key.camera_number, a.key.identity_hash) <
           std::tuple(b.key.ms_of_day, b.key.camera_number, b.key.identity_hash);
  });
  return found;
}

Result<std::vector<std::optional<StoredSighting>>> MemoryDay::Get(
    std::span<const storage::RowKey> keys, Sequence as_of) const {
  std::vector<std::optional<StoredSighting>> records;
  for (const storage::RowKey& key : keys) records.push_back(Find(key, as_of));
  return records;
}

Result<StoredSighting> MemoryDay::Decode(const storage::RowView& row, Sequence as_of) const {
  // A row that came after `as_of` is shown as it came.
  auto found = Find(row.key, std::max(as_of, row.sequence));
  if (!found) return Internal("a cursor's row is not stored");
  return std::move(*found);
}

bool MemoryDay::IsInForce(const storage::RowVersion& version, Sequence as_of) const {
  const auto found = Find(version.key, as_of);
  if (!found) return false;
  return version.sequence == (found->corrected != 0 ? found->corrected : found->sequence);
}

std::string MemoryDay::CameraId(uint32_t camera_number) const {
  MutexLock lock(mutex_);
  const auto id = camera_ids_.find(camera_number);
  return id == camera_ids_.end() ? std::string() : id->second;
}

uint64_t MemoryDay::sealed_to() const {
  MutexLock lock(mutex_);
  return sealed_to_;
}

uint64_t MemoryDay::log_end() const {
  MutexLock lock(mutex_);
  return log_.size();
}

std::vector<storage::RowVersion> MemoryDay::ReadLog(uint64_t from, size_t limit) const {
  MutexLock lock(mutex_);
  if (from < sealed_to_ || from >= log_.size()) return {};
  const auto first = log_.begin() + static_cast<ptrdiff_t>(from);
  return {first, first + static_cast<ptrdiff_t>(std::min<size_t>(limit, log_.size() - from))};
}

std::vector<storage::SegmentEntry> MemoryDay::Segments() const {
  MutexLock lock(mutex_);
  return segments_;
}

}  // namespace sightline::testing
