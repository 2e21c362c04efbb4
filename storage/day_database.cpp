#include "storage/day_database.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/log.h"
#include "storage/big_endian.h"
#include "storage/database_options.h"
#include "storage/directory.h"
#include "storage/log_note.h"
#include "storage/record_codec.h"
#include "storage/rocksdb_status.h"
#include "storage/row_key.h"
#include "storage/segment_files.h"

namespace sightline::storage {
namespace {

// Of the first, days had no log.
constexpr std::string_view kFirstDayFormat = "sightline day 1";
constexpr std::string_view kDayFormat = "sightline day 2";
constexpr std::string_view kSegmentFolder = "segments";

std::string EncodeState(const DayState& state) {
  std::string value;
  AppendLittleEndian(state.rows, value);
  AppendLittleEndian(state.last_sequence, value);
  return value;
}

// The by_plate keys of `rows` in key order, with the row that each belongs to.
struct PlateEntry {
  std::string key;
  std::string_view value;
};

std::vector<PlateEntry> PlateEntries(std::span<const NewRow> rows) {
  std::vector<PlateEntry> entries;
  entries.reserve(rows.size());
  for (const NewRow& row : rows) {
    if (row.plate.empty()) continue;
    PlateEntry& entry = entries.emplace_back();
    entry.key.reserve(row.plate.size() + 1 + kPlateKeyTailBytes);
    AppendPlateKey(row.plate, row.key, entry.key);
    entry.value = row.by_plate;
  }
  std::sort(entries.begin(), entries.end(),
            [](const PlateEntry& a, const PlateEntry& b) { return a.key < b.key; });
  return entries;
}

}  // namespace

Result<std::shared_ptr<DayDatabase>> DayDatabase::Open(Day day, const std::filesystem::path& path,
                                                       const std::shared_ptr<SharedResources>& shared) {
  SIGHTLINE_ASSIGN(auto database,
                   Database::Open(path, shared, CommonDatabaseOptions(*shared),
                                  {{"default", SmallTableOptions(*shared)},
                                   {"sightings", SightingsTableOptions(*shared)},
                                   {"by_plate", PlateIndexTableOptions(*shared)}}));
  std::shared_ptr<DayDatabase> opened(new DayDatabase(day, std::move(database)));
  SIGHTLINE_RETURN_IF_ERROR(opened->Load());
  return opened;
}

DayDatabase::~DayDatabase() {
  const std::string path = database_->path();
  database_.reset();
  if (!doomed_) return;
  if (const Status removed = RemoveDirectory(path); !removed) {
    Log(LogLevel::kError, "day_not_removed", {{"reason", removed.error().message}});
  }
}

std::filesystem::path DayDatabase::segment_directory() const {
  return std::filesystem::path(database_->path()) / kSegmentFolder;
}

Error DayDatabase::BadNote(std::string_view what) const {
  return {ErrorCode::kCorruption,
          fmt::format("{}: {} is not in a format that this version reads", database_->path(), what),
          {}};
}

rocksdb::WriteBatch DayDatabase::NewBatch(size_t reserved_bytes) const {
  auto batch = Database::NewBatch(reserved_bytes);
  if (to_upgrade_) {
    batch.Put(database_->table(kDayNotes), ToSlice(kFormatKey), ToSlice(kDayFormat));
    log_.PutRecord(batch);
  }
  return batch;
}

Status DayDatabase::WriteBatch(rocksdb::WriteBatch& batch, bool sync) {
  SIGHTLINE_RETURN_IF_ERROR(database_->Write(batch, sync));
  to_upgrade_ = false;
  return Ok();
}

Status DayDatabase::Load() {
  SIGHTLINE_ASSIGN(const auto format, database_->Get(kDayNotes, kFormatKey));
  if (format && *format != kDayFormat && *format != kFirstDayFormat) {
    return Error{ErrorCode::kCorruption,
                 fmt::format("{}: written in format '{}', this version reads up to '{}'; use a newer "
                             "one",
                             database_->path(), *format, kDayFormat),
                 {}};
  }
  to_upgrade_ = format != kDayFormat;
  SIGHTLINE_RETURN_IF_ERROR(LoadState());
  SIGHTLINE_RETURN_IF_ERROR(LoadNotes());
  SIGHTLINE_RETURN_IF_ERROR(log_.Load(state().rows + corrections_.size()));
  if (!format) {
    // A new day, or one whose first batch was never written.
    auto batch = NewBatch();
    SIGHTLINE_RETURN_IF_ERROR(WriteBatch(batch, /*sync=*/true));
  }
  return LoadSegments();
}

Status DayDatabase::LoadState() {
  SIGHTLINE_ASSIGN(const auto state, database_->Get(kDayNotes, kStateKey));
  if (!state) return Ok();
  if (state->size() != 2 * sizeof(uint64_t)) return BadNote("the state");
  const MutexLock lock(mutex_);
  state_ = {.rows = LoadLittleEndian<uint64_t>(state->data()),
            .last_sequence = LoadLittleEndian<Sequence>(state->data() + sizeof(uint64_t))};
  return Ok();
}

Status DayDatabase::LoadNotes() {
  const MutexLock lock(mutex_);
  const std::unique_ptr<rocksdb::Iterator> note(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->table(kDayNotes)));
  for (note->Seek(NoteKey(kCameraPrefix, uint32_t{0})); note->Valid(); note->Next()) {
    const auto number = NoteNumber<uint32_t>(ToView(note->key()), kCameraPrefix);
    if (!number) break;
    const auto camera = DecodeCameraState(ToView(note->value()));
    if (!camera) return BadNote("a camera");
    cameras_[*number] = {.camera = *camera, .hash = HashCameraId(camera->id)};
  }
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(note->status(), database_->path()));
  for (note->Seek(CorrectionsStart()); note->Valid(); note->Next()) {
    if (!IsCorrectionKey(ToView(note->key()))) break;
    const auto version = DecodeCorrectionKey(ToView(note->key()));
    const auto entry = DecodeCorrection(ToView(note->value()));
    if (!version || !entry) return BadNote("a correction");
    const StoredCorrection& stored = entry->correction;
    corrections_.Add(version->key,
                     {.sequence = entry->ingest_sequence, .plate = stored.plate_before},
                     {.sequence = version->sequence,
                      .plate = stored.correction.plate.value_or(stored.plate_before)});
  }
  return ToStatus(note->status(), database_->path());
}

Status DayDatabase::LoadSegments() {
  SIGHTLINE_RETURN_IF_ERROR(CreateDirectory(segment_directory()));
  return RemoveUnlistedFiles(segment_directory(), log_.Segments());
}

DayState DayDatabase::state() const {
  const MutexLock lock(mutex_);
  return state_;
}

Result<bool> DayDatabase::Contains(const RowKey& key) const {
  const RowKeyBytes bytes = EncodeRowKey(key);
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      database_->db().Get(rocksdb::ReadOptions(), database_->table(kDaySightings),
                          rocksdb::Slice(bytes.data(), bytes.size()), &value);
  if (status.IsNotFound()) return false;
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(status, database_->path()));
  return true;
}

Status DayDatabase::Write(std::span<const NewRow> rows, Sequence counted,
                          const std::function<std::optional<Camera>(uint32_t)>& cameras) {
  if (rows.empty()) return Ok();
  DayState next = state();
  LogNote note;
  size_t bytes = 0;
  for (const NewRow& row : rows) bytes += row.value.size() + row.by_plate.size() + 160;
  auto batch = NewBatch(bytes);
  std::unordered_map<uint32_t, DayCamera> new_cameras;
  for (const NewRow& row : rows) {
    const RowKeyBytes key = EncodeRowKey(row.key);
    batch.Put(database_->table(kDaySightings), rocksdb::Slice(key.data(), key.size()),
              ToSlice(row.value));
    next.last_sequence = std::max(next.last_sequence, row.sequence);
    note.AddReading({.key = row.key, .sequence = row.sequence},
                    row.sequence > counted ? row.plate : std::string_view());
    const uint32_t number = row.key.camera_number;
    if (FindCamera(number) == nullptr && !new_cameras.contains(number)) {
      const auto camera = cameras(number);
      if (!camera) return Internal(fmt::format("a row names camera number {}, never given", number));
      batch.Put(database_->table(kDayNotes), NoteKey(kCameraPrefix, number),
                EncodeCameraState(*camera));
      new_cameras[number] = {.camera = *camera, .hash = HashCameraId(camera->id)};
    }
  }
  for (const PlateEntry& entry : PlateEntries(rows)) {
    batch.Put(database_->table(kDayByPlate), entry.key, ToSlice(entry.value));
  }
  next.rows += rows.size();
  batch.Put(database_->table(kDayNotes), ToSlice(kStateKey), EncodeState(next));
  log_.PutNote(note, batch);
  SIGHTLINE_RETURN_IF_ERROR(WriteBatch(batch, /*sync=*/true));
  const MutexLock lock(mutex_);
  state_ = next;
  cameras_.merge(new_cameras);
  log_.CommitNote(note);
  return Ok();
}

Status DayDatabase::Correct(const NewCorrection& correction) {
  const StoredCorrection& stored = correction.stored;
  const RowVersion version{.key = correction.key, .sequence = stored.sequence};
  DayState next = state();
  next.last_sequence = std::max(next.last_sequence, version.sequence);
  auto batch = NewBatch();
  batch.Put(database_->table(kDayNotes), CorrectionKey(version),
            EncodeCorrection({.correction = stored, .ingest_sequence = correction.ingest_sequence}));
  batch.Put(database_->table(kDayNotes), ToSlice(kStateKey), EncodeState(next));
  const bool changes_plate = correction.plate != stored.plate_before;
  // A row of by_plate says from when on its row bore the plate, perhaps not to the end: it stays.
  if (changes_plate && !correction.plate.empty() &&
      !corrections_.EverBore(correction.key, correction.plate)) {
    std::string key;
    AppendPlateKey(correction.plate, correction.key, key);
    batch.Put(database_->table(kDayByPlate), key, ToSlice(correction.by_plate));
  }
  LogNote note;
  note.AddCorrection(version, changes_plate);
  log_.PutNote(note, batch);
  SIGHTLINE_RETURN_IF_ERROR(WriteBatch(batch, /*sync=*/true));
  corrections_.Add(correction.key,
                   {.sequence = correction.ingest_sequence, .plate = stored.plate_before},
                   {.sequence = version.sequence, .plate = std::string(correction.plate)});
  log_.CommitNote(note);
  const MutexLock lock(mutex_);
  state_ = next;
  return Ok();
}

Result<std::optional<StoredCorrection>> DayDatabase::FindCorrection(
    const RowVersion& version) const {
  SIGHTLINE_ASSIGN(const auto bytes, database_->Get(kDayNotes, CorrectionKey(version)));
  if (!bytes) return std::optional<StoredCorrection>();
  auto entry = DecodeCorrection(*bytes);
  const DayCamera* camera = FindCamera(version.key.camera_number);
  if (!entry || camera == nullptr) return BadNote("a correction");
  entry->correction.sighting = {.time = day_.start() + version.key.ms_of_day,
                                .camera_hash = camera->hash,
                                .identity_hash = version.key.identity_hash};
  entry->correction.sequence = version.sequence;
  entry->correction.camera_id = camera->camera.id;
  return std::optional(std::move(entry->correction));
}

void AppendCorrectedReadings(Day day, const RowVersion& version, std::string_view before,
                             std::string_view after, std::vector<PlateReading>& readings) {
  for (const std::string_view plate : {before, after}) {
    if (plate.empty()) continue;
    readings.push_back({.plate = std::string(plate),
                        .day = day,
                        .ms_of_day = version.key.ms_of_day,
                        .sequence = version.sequence,
                        .corrected = true});
  }
}

Result<std::vector<PlateReading>> DayDatabase::UncountedReadings(Sequence counted) const {
  std::vector<PlateReading> readings;
  const auto add = [&](const LogNoteReader& entry) {
    const RowVersion& version = entry.version();
    if (!entry.corrects_plate()) {
      readings.push_back({.plate = std::string(entry.plate()),
                          .day = day_,
                          .ms_of_day = version.key.ms_of_day,
                          .sequence = version.sequence});
    } else if (const auto corrected = corrections_.Find(version.key, version.sequence)) {
      AppendCorrectedReadings(day_, version, corrected->before.plate, corrected->version.plate,
                              readings);
    }
  };
  SIGHTLINE_RETURN_IF_ERROR(log_.VisitUncounted(counted, add));
  return readings;
}

Status DayDatabase::DropCounted(Sequence counted) {
  auto batch = Database::NewBatch();
  log_.DropCounted(counted, batch);
  if (batch.Count() == 0) return Ok();
  return database_->Write(batch, /*sync=*/false);
}

Status DayDatabase::CommitSegments(uint64_t sealed_to, std::span<const SegmentEntry> added,
                                   std::span<const std::string> removed) {
  SIGHTLINE_ASSIGN(const DayLog::SegmentChange change,
                   log_.PlanCommit(sealed_to, added, removed));
  SIGHTLINE_RETURN_IF_ERROR(SyncSegmentFiles(segment_directory(), added));
  return ChangeSegments(change);
}

Status DayDatabase::DropSegments() { return ChangeSegments(log_.PlanReset()); }

Status DayDatabase::ChangeSegments(const DayLog::SegmentChange& change) {
  auto batch = NewBatch();
  log_.PutSegments(change, batch);
  SIGHTLINE_RETURN_IF_ERROR(WriteBatch(batch, /*sync=*/true));
  log_.CommitSegments(change);
  RemoveSegmentFiles(segment_directory(), change.removed);
  return Ok();
}

const DayCamera* DayDatabase::FindCamera(uint32_t number) const {
  const MutexLock lock(mutex_);
  const auto found = cameras_.find(number);
  return found == cameras_.end() ? nullptr : &found->second;
}

}  // namespace sightline::storage
