#include "storage/day_database.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/log.h"
#include "storage/big_endian.h"
#include "storage/database_options.h"
#include "storage/directory.h"
#include "storage/pending_note.h"
#include "storage/record_codec.h"
#include "storage/rocksdb_status.h"
#include "storage/row_key.h"

namespace sightline::storage {
namespace {

// Keys of the notes.
constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kStateKey = "state";
constexpr char kCameraPrefix = 'c';   // 'c', then the camera's number u32
constexpr char kPendingPrefix = 'p';  // 'p', then the last sequence of the batch u64
constexpr std::string_view kDayFormat = "sightline day 1";

template <typename Integer>
std::string NoteKey(char prefix, Integer number) {
  std::string key(1, prefix);
  AppendBigEndian(number, key);
  return key;
}

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

Status DayDatabase::Load() {
  SIGHTLINE_ASSIGN(const auto format, database_->Get(kNotes, kFormatKey));
  const MutexLock lock(mutex_);
  if (!format) {
    // A new day, or one whose first batch was never written.
    auto batch = Database::NewBatch();
    batch.Put(database_->table(kNotes), ToSlice(kFormatKey), ToSlice(kDayFormat));
    return database_->Write(batch, /*sync=*/true);
  }
  if (*format != kDayFormat) {
    return Error{ErrorCode::kCorruption,
                 fmt::format("{}: written in format '{}', this version reads '{}'; use a newer one",
                             database_->path(), *format, kDayFormat),
                 {}};
  }
  SIGHTLINE_ASSIGN(const auto state, database_->Get(kNotes, kStateKey));
  if (state && state->size() == 2 * sizeof(uint64_t)) {
    state_ = {.rows = LoadLittleEndian<uint64_t>(state->data()),
              .last_sequence = LoadLittleEndian<Sequence>(state->data() + sizeof(uint64_t))};
  }
  const std::unique_ptr<rocksdb::Iterator> notes(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->table(kNotes)));
  for (notes->SeekToFirst(); notes->Valid(); notes->Next()) {
    const std::string_view key = ToView(notes->key());
    if (key.size() == 1 + sizeof(uint32_t) && key[0] == kCameraPrefix) {
      const auto camera = DecodeCameraState(ToView(notes->value()));
      if (!camera) continue;
      cameras_[LoadBigEndian<uint32_t>(key.data() + 1)] = {.camera = *camera,
                                                           .hash = HashCameraId(camera->id)};
    } else if (key.size() == 1 + sizeof(Sequence) && key[0] == kPendingPrefix) {
      pending_.push_back(LoadBigEndian<Sequence>(key.data() + 1));
    }
  }
  return ToStatus(notes->status(), database_->path());
}

DayState DayDatabase::state() const {
  const MutexLock lock(mutex_);
  return state_;
}

Result<bool> DayDatabase::Contains(const RowKey& key) const {
  const RowKeyBytes bytes = EncodeRowKey(key);
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      database_->db().Get(rocksdb::ReadOptions(), database_->table(kSightings),
                          rocksdb::Slice(bytes.data(), bytes.size()), &value);
  if (status.IsNotFound()) return false;
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(status, database_->path()));
  return true;
}

Status DayDatabase::Write(std::span<const NewRow> rows, Sequence counted,
                          const std::function<std::optional<Camera>(uint32_t)>& cameras) {
  if (rows.empty()) return Ok();
  DayState next = state();
  PendingNote note;
  size_t bytes = 0;
  for (const NewRow& row : rows) bytes += row.value.size() + row.by_plate.size() + 160;
  auto batch = Database::NewBatch(bytes);
  std::unordered_map<uint32_t, DayCamera> new_cameras;
  for (const NewRow& row : rows) {
    const RowKeyBytes key = EncodeRowKey(row.key);
    batch.Put(database_->table(kSightings), rocksdb::Slice(key.data(), key.size()),
              ToSlice(row.value));
    next.last_sequence = std::max(next.last_sequence, row.sequence);
    if (row.sequence > counted && !row.plate.empty()) note.Add(row);
    const uint32_t number = row.key.camera_number;
    if (FindCamera(number) == nullptr && !new_cameras.contains(number)) {
      const auto camera = cameras(number);
      if (!camera) return Internal(fmt::format("a row names camera number {}, never given", number));
      batch.Put(database_->table(kNotes), NoteKey(kCameraPrefix, number),
                EncodeCameraState(*camera));
      new_cameras[number] = {.camera = *camera, .hash = HashCameraId(camera->id)};
    }
  }
  for (const PlateEntry& entry : PlateEntries(rows)) {
    batch.Put(database_->table(kByPlate), entry.key, ToSlice(entry.value));
  }
  next.rows += rows.size();
  batch.Put(database_->table(kNotes), ToSlice(kStateKey), EncodeState(next));
  if (!note.empty()) {
    batch.Put(database_->table(kNotes), NoteKey(kPendingPrefix, note.last_sequence()), note.bytes());
  }
  SIGHTLINE_RETURN_IF_ERROR(database_->Write(batch, /*sync=*/true));
  const MutexLock lock(mutex_);
  state_ = next;
  cameras_.merge(new_cameras);
  if (!note.empty()) {
    pending_.insert(std::upper_bound(pending_.begin(), pending_.end(), note.last_sequence()),
                    note.last_sequence());
  }
  return Ok();
}

Result<std::vector<PlateReading>> DayDatabase::PendingReadings(Sequence counted) const {
  std::vector<PlateReading> readings;
  const std::unique_ptr<rocksdb::Iterator> notes(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->table(kNotes)));
  for (notes->Seek(NoteKey(kPendingPrefix, counted + 1));
       notes->Valid() && notes->key()[0] == kPendingPrefix; notes->Next()) {
    if (!PendingNote::Read(ToView(notes->value()), day_, readings)) {
      return Error{ErrorCode::kCorruption,
                   fmt::format("{}: a pending note is not in a format that this version reads",
                               database_->path()),
                   {}};
    }
  }
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(notes->status(), database_->path()));
  // Rows that came through the inbox bring older sequences into a later note.
  std::erase_if(readings, [counted](const PlateReading& reading) {
    return reading.sequence <= counted;
  });
  return readings;
}

Status DayDatabase::DropPending(Sequence counted) {
  auto batch = Database::NewBatch();
  {
    const MutexLock lock(mutex_);
    const auto end = std::upper_bound(pending_.begin(), pending_.end(), counted);
    for (auto key = pending_.begin(); key != end; ++key) {
      batch.Delete(database_->table(kNotes), NoteKey(kPendingPrefix, *key));
    }
    pending_.erase(pending_.begin(), end);
  }
  if (batch.Count() == 0) return Ok();
  return database_->Write(batch, /*sync=*/false);
}

bool DayDatabase::HasPending() const {
  const MutexLock lock(mutex_);
  return !pending_.empty();
}

const DayCamera* DayDatabase::FindCamera(uint32_t number) const {
  const MutexLock lock(mutex_);
  const auto found = cameras_.find(number);
  return found == cameras_.end() ? nullptr : &found->second;
}

}  // namespace sightline::storage
