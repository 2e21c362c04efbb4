#include "storage/camera_registry.h"

#include <fmt/format.h>

#include <algorithm>

namespace sightline::storage {

void CameraRegistry::Insert(Known known) {
  const std::string id = known.record->camera().id;
  const uint32_t number = known.record->number;
  if (id_of_number_.emplace(number, id).second) number_of_hash_.emplace(HashCameraId(id), number);
  by_id_[id] = std::move(known);
  erased_.erase(id);
}

Status CameraRegistry::Load() {
  SIGHTLINE_ASSIGN(const uint64_t next, catalog_.ReadNumber(Catalog::kNextCameraNumber));
  SIGHTLINE_ASSIGN(std::vector<CameraEntry> entries, catalog_.Cameras());
  const MutexLock lock(mutex_);
  next_number_ = std::max<uint32_t>(1, static_cast<uint32_t>(next));
  for (CameraEntry& entry : entries) {
    Insert({.record = std::make_shared<const CameraRecord>(std::move(entry.record)),
            .used = entry.used});
  }
  return Ok();
}

Result<std::vector<bool>> CameraRegistry::Put(std::span<const Camera> cameras) {
  const MutexLock write_lock(write_mutex_);
  return PutSome(cameras, /*replace=*/true);
}

Status CameraRegistry::AddMissing(std::span<const Camera> cameras) {
  const MutexLock write_lock(write_mutex_);
  const auto created = PutSome(cameras, /*replace=*/false);
  if (!created) return created.error();
  return Ok();
}

Result<std::vector<bool>> CameraRegistry::PutSome(std::span<const Camera> cameras, bool replace) {
  std::vector<bool> created;
  std::map<std::string, CameraEntry> changed;
  uint32_t next_number = 0;
  {
    const MutexLock lock(mutex_);
    next_number = next_number_;
    for (const Camera& camera : cameras) {
      const CameraRevision revision{.recorded = clock_.Now(), .camera = camera};
      auto again = changed.find(camera.id);
      const auto known = by_id_.find(camera.id);
      if (!replace && (again != changed.end() || known != by_id_.end())) {
        created.push_back(false);
        continue;
      }
      if (again == changed.end() && known != by_id_.end()) {
        again = changed.emplace(camera.id,
                                CameraEntry{.record = *known->second.record,
                                            .used = known->second.used}).first;
      }
      if (again == changed.end()) {
        const auto erased = erased_.find(camera.id);
        const uint32_t number = erased == erased_.end() ? next_number++ : erased->second->number;
        changed.emplace(camera.id,
                        CameraEntry{.record = {.number = number, .history = {revision}}});
        created.push_back(true);
        continue;
      }
      CameraRecord& record = again->second.record;
      created.push_back(false);
      if (record.camera() == camera && !record.retired()) continue;
      record.history.push_back(revision);
    }
  }
  std::vector<CameraEntry> entries;
  for (auto& [id, entry] : changed) entries.push_back(std::move(entry));
  if (entries.empty()) return created;
  SIGHTLINE_RETURN_IF_ERROR(catalog_.PutCameras(entries, next_number));
  const MutexLock lock(mutex_);
  next_number_ = next_number;
  for (CameraEntry& entry : entries) {
    Insert({.record = std::make_shared<const CameraRecord>(std::move(entry.record)),
            .used = entry.used});
  }
  return created;
}

Result<bool> CameraRegistry::Remove(std::string_view id) {
  const MutexLock write_lock(write_mutex_);
  CameraEntry entry;
  uint32_t next_number = 0;
  {
    const MutexLock lock(mutex_);
    const auto known = by_id_.find(id);
    if (known == by_id_.end()) return NotFound(fmt::format("no camera '{}'", id));
    entry = {.record = *known->second.record, .used = known->second.used};
    next_number = next_number_;
  }
  if (!entry.used) {
    SIGHTLINE_RETURN_IF_ERROR(catalog_.DeleteCamera(id));
    const MutexLock lock(mutex_);
    const auto known = by_id_.find(id);
    erased_[known->first] = known->second.record;
    by_id_.erase(known);
    return true;
  }
  if (entry.record.retired()) return false;
  entry.record.history.push_back(
      {.recorded = clock_.Now(), .camera = entry.record.camera(), .retired = true});
  SIGHTLINE_RETURN_IF_ERROR(catalog_.PutCameras({&entry, 1}, next_number));
  const MutexLock lock(mutex_);
  Insert({.record = std::make_shared<const CameraRecord>(std::move(entry.record)), .used = true});
  return false;
}

CameraRegistry::Record CameraRegistry::Find(std::string_view id) const {
  const MutexLock lock(mutex_);
  const auto known = by_id_.find(id);
  return known == by_id_.end() ? nullptr : known->second.record;
}

std::vector<CameraRegistry::Record> CameraRegistry::All() const {
  const MutexLock lock(mutex_);
  std::vector<Record> records;
  records.reserve(by_id_.size());
  for (const auto& [id, known] : by_id_) records.push_back(known.record);
  return records;
}

CameraRegistry::Record CameraRegistry::FindNumber(uint32_t number) const {
  const MutexLock lock(mutex_);
  const auto id = id_of_number_.find(number);
  if (id == id_of_number_.end()) return nullptr;
  const auto known = by_id_.find(id->second);
  return known == by_id_.end() ? erased_.find(id->second)->second : known->second.record;
}

std::vector<uint32_t> CameraRegistry::NumbersOfHash(uint32_t hash) const {
  const MutexLock lock(mutex_);
  std::vector<uint32_t> numbers;
  const auto [first, last] = number_of_hash_.equal_range(hash);
  for (auto of = first; of != last; ++of) numbers.push_back(of->second);
  return numbers;
}

Status CameraRegistry::MarkUsed(std::span<const uint32_t> numbers) {
  const MutexLock write_lock(write_mutex_);
  std::vector<CameraEntry> entries;
  uint32_t next_number = 0;
  {
    const MutexLock lock(mutex_);
    next_number = next_number_;
    for (const uint32_t number : numbers) {
      const auto id = id_of_number_.find(number);
      if (id == id_of_number_.end()) continue;
      if (const auto known = by_id_.find(id->second); known != by_id_.end()) {
        if (!known->second.used) entries.push_back({.record = *known->second.record, .used = true});
        continue;
      }
      // Erased while its first sighting was on its way: it had a sighting after all.
      CameraEntry back{.record = *erased_.find(id->second)->second, .used = true};
      back.record.history.push_back(
          {.recorded = clock_.Now(), .camera = back.record.camera(), .retired = true});
      entries.push_back(std::move(back));
    }
  }
  if (entries.empty()) return Ok();
  SIGHTLINE_RETURN_IF_ERROR(catalog_.PutCameras(entries, next_number));
  const MutexLock lock(mutex_);
  for (CameraEntry& entry : entries) {
    Insert({.record = std::make_shared<const CameraRecord>(std::move(entry.record)), .used = true});
  }
  return Ok();
}

}  // namespace sightline::storage
