#include "tests/support/memory_store.h"

#include <algorithm>
#include <cstdlib>

#include "storage/apply_correction.h"
#include "tests/support/memory_day.h"

namespace sightline::testing {

MemoryStore::MemoryStore() {
  for (const VectorSpace& space : DefaultSpaces()) spaces_.emplace(space.name, space);
}

MemoryStore::~MemoryStore() {
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

std::shared_ptr<MemoryDay> MemoryStore::FindOrAddDay(Day day) {
  std::shared_ptr<MemoryDay>& found = days_[day];
  if (found) return found;
  if (directory_.empty()) {
    std::string name = (std::filesystem::temp_directory_path() / "sightline-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::filesystem::filesystem_error("mkdtemp", name, {});
    directory_ = name;
  }
  const std::filesystem::path segments = directory_ / FormatDay(day);
  std::filesystem::create_directory(segments);
  found = std::make_shared<MemoryDay>(day, segments);
  return found;
}

storage::EncodedSighting MemoryStore::Encode(const Sighting& sighting, uint32_t camera_number,
                                             TimestampMs received, uint64_t nonce) const {
  const SightingId id{sighting.time, HashCameraId(sighting.camera_id),
                      HashIdentity(sighting.camera_id, sighting.time, sighting.source_id,
                                   sighting.plate, nonce)};
  MutexLock lock(mutex_);
  encoded_.push_back({id, 0, received, sighting});
  return {.day = DayOf(sighting.time),
          .key = {MillisecondOfDay(sighting.time), camera_number, id.identity_hash},
          .plate = sighting.plate,
          .value = std::to_string(encoded_.size() - 1),
          .by_plate = {},
          .id = id};
}

uint64_t MemoryStore::NextNonce() {
  MutexLock lock(mutex_);
  return ++last_nonce_;
}

Result<storage::AppendResult> MemoryStore::Append(std::span<storage::EncodedSighting> batch) {
  MutexLock lock(mutex_);
  storage::AppendResult result;
  for (const storage::EncodedSighting& encoded : batch) {
    const std::shared_ptr<MemoryDay> day = FindOrAddDay(encoded.day);
    StoredSighting row = encoded_.at(std::stoull(encoded.value));
    row.sequence = last_sequence_ + 1;
    const bool added = day->Add(encoded.key, row);
    if (added) {
      ++last_sequence_;
      by_id_.emplace(row.id, Place{.day = day, .key = encoded.key});
    }
    result.outcomes.push_back(added ? storage::AppendOutcome::kAccepted
                                    : storage::AppendOutcome::kDuplicate);
    result.ids.push_back(encoded.id);
  }
  result.last_sequence = last_sequence_;
  return result;
}

Sequence MemoryStore::VisibleSequence() const {
  MutexLock lock(mutex_);
  return last_sequence_;
}

std::vector<Day> MemoryStore::Days() const {
  MutexLock lock(mutex_);
  std::vector<Day> days;
  for (const auto& [day, rows] : days_) days.push_back(day);
  return days;
}

Result<std::shared_ptr<const storage::DayReader>> MemoryStore::OpenDay(Day day) {
  MutexLock lock(mutex_);
  const auto found = days_.find(day);
  if (found == days_.end()) return std::shared_ptr<const storage::DayReader>();
  return found->second;
}

Result<StoredSighting> MemoryStore::GetSighting(const SightingId& id, Sequence as_of) {
  MutexLock lock(mutex_);
  const auto place = by_id_.find(id);
  if (place == by_id_.end()) return NotFound("no such sighting");
  auto found = place->second.day->Find(place->second.key, as_of);
  if (!found) return NotFound("no such sighting");
  return std::move(*found);
}

Result<StoredCorrection> MemoryStore::Correct(const SightingId& id, const Correction& correction) {
  MutexLock lock(mutex_);
  const auto place = by_id_.find(id);
  if (place == by_id_.end()) return NotFound("no such sighting");
  const auto before = place->second.day->Find(place->second.key, last_sequence_);
  if (!storage::ChangesSighting(correction, before->sighting)) {
    return InvalidArgument("the correction changes nothing");
  }
  corrections_.push_back(
      storage::MakeStoredCorrection(correction, *before, ++last_sequence_, TimestampMs{}));
  place->second.day->Correct(place->second.key, corrections_.back());
  return corrections_.back();
}

Result<std::vector<StoredCorrection>> MemoryStore::Corrections(Sequence before, size_t limit) {
  MutexLock lock(mutex_);
  std::vector<StoredCorrection> found;
  for (auto stored = corrections_.rbegin(); stored != corrections_.rend() && found.size() < limit;
       ++stored) {
    if (before == 0 || stored->sequence < before) found.push_back(*stored);
  }
  return found;
}

Status MemoryStore::CommitSegments(Day day, uint64_t sealed_to,
                                   std::span<const storage::SegmentEntry> added,
                                   std::span<const std::string> removed) {
  MutexLock lock(mutex_);
  const auto found = days_.find(day);
  if (found == days_.end()) return NotFound("no such day");
  return found->second->CommitSegments(sealed_to, added, removed);
}

Status MemoryStore::DropSegments(Day day) {
  MutexLock lock(mutex_);
  const auto found = days_.find(day);
  if (found == days_.end()) return NotFound("no such day");
  found->second->DropSegments();
  return Ok();
}

std::vector<Day> MemoryStore::UnsealedDays() const {
  MutexLock lock(mutex_);
  std::vector<Day> unsealed;
  for (const auto& [day, rows] : days_) {
    if (rows->sealed_to() < rows->log_end()) unsealed.push_back(day);
  }
  return unsealed;
}

Status MemoryStore::VisitPlates(std::string_view prefix, std::string_view after, Sequence as_of,
                                const std::function<bool(const storage::PlateSummary&)>& visit) {
  std::map<std::string, storage::PlateSummary> summaries;
  {
    MutexLock lock(mutex_);
    for (const auto& [id, place] : by_id_) {  // in time order
      const auto row = place.day->Find(place.key, as_of);
      if (!row || row->sighting.plate.empty()) continue;
      const std::string& plate = row->sighting.plate;
      if (!plate.starts_with(prefix) || plate <= after) continue;
      storage::PlateSummary& summary = summaries[plate];
      if (summary.count++ == 0) summary.first_seen = row->sighting.time;
      summary.plate = plate;
      summary.last_seen = row->sighting.time;
    }
  }
  for (const auto& [plate, summary] : summaries) {
    if (!visit(summary)) break;
  }
  return Ok();
}

Result<std::vector<bool>> MemoryStore::PutCameras(std::span<const Camera> cameras) {
  MutexLock lock(mutex_);
  std::vector<bool> created;
  for (const Camera& camera : cameras) {
    std::shared_ptr<const CameraRecord>& record = cameras_[camera.id];
    created.push_back(record == nullptr);
    CameraRecord next = record ? *record : CameraRecord();
    if (!record) next.number = ++last_camera_number_;
    next.history.push_back({.recorded = {}, .camera = camera});
    record = std::make_shared<const CameraRecord>(std::move(next));
  }
  return created;
}

Status MemoryStore::AddMissingCameras(std::span<const Camera> cameras) {
  for (const Camera& camera : cameras) {
    if (FindCamera(camera.id) != nullptr) continue;
    if (auto created = PutCameras(std::span(&camera, 1)); !created) return created.error();
  }
  return Ok();
}

std::shared_ptr<const CameraRecord> MemoryStore::FindCamera(std::string_view id) const {
  MutexLock lock(mutex_);
  const auto found = cameras_.find(id);
  return found == cameras_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const CameraRecord>> MemoryStore::Cameras() const {
  MutexLock lock(mutex_);
  std::vector<std::shared_ptr<const CameraRecord>> cameras;
  for (const auto& [id, record] : cameras_) cameras.push_back(record);
  return cameras;
}

Result<bool> MemoryStore::RemoveCamera(std::string_view id) {
  MutexLock lock(mutex_);
  const auto found = cameras_.find(id);
  if (found == cameras_.end()) return NotFound("no such camera");
  const bool has_sightings = std::any_of(by_id_.begin(), by_id_.end(), [&](const auto& entry) {
    return entry.second.day->CameraId(entry.second.key.camera_number) == id;
  });
  if (!has_sightings) {
    cameras_.erase(found);
    return true;
  }
  CameraRecord next = *found->second;
  next.history.push_back({.recorded = {}, .camera = next.camera(), .retired = true});
  found->second = std::make_shared<const CameraRecord>(std::move(next));
  return false;
}

Status MemoryStore::PutSpace(const VectorSpace& space) {
  SIGHTLINE_RETURN_IF_ERROR(CheckSpace(space));
  MutexLock lock(mutex_);
  if (spaces_.emplace(space.name, space).first->second == space) return Ok();
  return Error{ErrorCode::kConflict, "the space is there otherwise", {}};
}

std::vector<VectorSpace> MemoryStore::Spaces() const {
  MutexLock lock(mutex_);
  std::vector<VectorSpace> spaces;
  for (const auto& [name, space] : spaces_) spaces.push_back(space);
  return spaces;
}

Status MemoryStore::PutEntry(std::string_view table, std::string_view key,
                             std::string_view value) {
  MutexLock lock(mutex_);
  tables_[std::string(table)][std::string(key)] = value;
  return Ok();
}

Status MemoryStore::ChangeEntries(std::span<const storage::EntryChange> changes) {
  for (const storage::EntryChange& change : changes) {
    SIGHTLINE_RETURN_IF_ERROR(change.value ? PutEntry(change.table, change.key, *change.value)
                                           : DeleteEntry(change.table, change.key));
  }
  return Ok();
}

Result<std::optional<std::string>> MemoryStore::GetEntry(std::string_view table,
                                                         std::string_view key) const {
  MutexLock lock(mutex_);
  const auto found = tables_.find(table);
  if (found == tables_.end()) return std::nullopt;
  const auto entry = found->second.find(std::string(key));
  if (entry == found->second.end()) return std::nullopt;
  return entry->second;
}

Status MemoryStore::DeleteEntry(std::string_view table, std::string_view key) {
  MutexLock lock(mutex_);
  const auto found = tables_.find(table);
  if (found != tables_.end()) found->second.erase(std::string(key));
  return Ok();
}

Result<std::vector<std::pair<std::string, std::string>>> MemoryStore::Entries(
    std::string_view table) const {
  MutexLock lock(mutex_);
  std::vector<std::pair<std::string, std::string>> entries;
  const auto found = tables_.find(table);
  if (found != tables_.end()) entries.assign(found->second.begin(), found->second.end());
  return entries;
}

Result<uint64_t> MemoryStore::AppendAudit(std::span<const std::string> records) {
  MutexLock lock(mutex_);
  const uint64_t first = audit_.size() + 1;
  audit_.insert(audit_.end(), records.begin(), records.end());
  return first;
}

Result<std::vector<std::pair<uint64_t, std::string>>> MemoryStore::ReadAudit(uint64_t before,
                                                                             size_t limit) const {
  MutexLock lock(mutex_);
  std::vector<std::pair<uint64_t, std::string>> records;
  uint64_t number = before == 0 ? audit_.size() : std::min<uint64_t>(before - 1, audit_.size());
  for (; number > 0 && records.size() < limit; --number) {
    records.emplace_back(number, audit_[number - 1]);
  }
  return records;
}

Result<std::vector<Day>> MemoryStore::ApplyRetention() { return std::vector<Day>(); }

Result<storage::Store::Stats> MemoryStore::GetStats() const {
  MutexLock lock(mutex_);
  Stats stats;
  stats.sightings = by_id_.size();
  stats.days = days_.size();
  stats.open_days = days_.size();
  if (!days_.empty()) {
    stats.first_day = days_.begin()->first;
    stats.last_day = days_.rbegin()->first;
  }
  return stats;
}

Status MemoryStore::Health() const { return Ok(); }

Status MemoryStore::Close() { return Ok(); }

}  // namespace sightline::testing
