#include "storage/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "storage/big_endian.h"
#include "storage/database_options.h"
#include "storage/rocksdb_status.h"
#include "storage/row_key.h"

namespace sightline::storage {
namespace {

// Raised when an older version must not open what a newer one wrote. Format 1 knew no corrections,
// and its days no log; it is raised when it is opened.
constexpr uint64_t kFirstCatalogFormat = 1;
constexpr uint64_t kCatalogFormat = 2;
constexpr std::string_view kFormat = "format";

constexpr uint8_t kDirty = 1;
constexpr uint8_t kDeleting = 2;
constexpr uint8_t kSealed = 4;
constexpr size_t kDayMarkBytes = 17;

std::string EncodeDayMark(const DayMark& mark) {
  std::string value;
  AppendLittleEndian(mark.state.rows, value);
  AppendLittleEndian(mark.state.last_sequence, value);
  value.push_back(static_cast<char>((mark.dirty ? kDirty : 0) | (mark.deleting ? kDeleting : 0) |
                                    (mark.sealed ? kSealed : 0)));
  return value;
}

DayMark DecodeDayMark(std::string_view value) {
  const auto flags = static_cast<uint8_t>(value[16]);
  return {.state = {.rows = LoadLittleEndian<uint64_t>(value.data()),
                    .last_sequence = LoadLittleEndian<Sequence>(value.data() + 8)},
          .dirty = (flags & kDirty) != 0,
          .deleting = (flags & kDeleting) != 0,
          .sealed = (flags & kSealed) != 0};
}

template <typename Integer>
std::string NumberKey(Integer number) {
  std::string key;
  AppendBigEndian(number, key);
  return key;
}

std::string EntryKey(std::string_view table, std::string_view key) {
  std::string out(table);
  out.push_back('\0');
  out.append(key);
  return out;
}

std::optional<CorrectionPointer> DecodeCorrectionPointer(std::string_view key,
                                                         std::string_view value) {
  if (key.size() != sizeof(Sequence) || value.size() != sizeof(uint16_t) + kRowKeyBytes) {
    return std::nullopt;
  }
  const auto row = DecodeRowKey(value.substr(sizeof(uint16_t)));
  if (!row) return std::nullopt;
  return CorrectionPointer{
      .day = Day{LoadBigEndian<uint16_t>(value.data())},
      .version = {.key = *row, .sequence = LoadBigEndian<Sequence>(key.data())}};
}

Error Malformed(const std::string& path, std::string_view what) {
  return {ErrorCode::kCorruption,
          fmt::format("{}: {} is not in a format that this version reads; restore the directory from "
                      "a backup or use a newer version",
                      path, what),
          {}};
}

}  // namespace

Result<std::unique_ptr<Catalog>> Catalog::Open(const std::filesystem::path& path,
                                               const std::shared_ptr<SharedResources>& shared) {
  const auto small = SmallTableOptions(*shared);
  SIGHTLINE_ASSIGN(auto database, Database::Open(path, shared, CommonDatabaseOptions(*shared),
                                                 {{"default", small},
                                                  {"days", small},
                                                  {"cameras", small},
                                                  {"entries", small},
                                                  {"audit", small},
                                                  {"corrections", small}}));
  std::unique_ptr<Catalog> catalog(new Catalog(std::move(database)));
  SIGHTLINE_RETURN_IF_ERROR(catalog->Load());
  return catalog;
}

Status Catalog::Load() {
  SIGHTLINE_ASSIGN(const uint64_t format, ReadNumber(kFormat));
  if (format == 0 || format == kFirstCatalogFormat) {
    SIGHTLINE_RETURN_IF_ERROR(WriteNumber(kFormat, kCatalogFormat));
  } else if (format != kCatalogFormat) {
    return Malformed(database_->path(), fmt::format("the data directory (format {})", format));
  }
  const std::unique_ptr<rocksdb::Iterator> audit(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->table(kAudit)));
  audit->SeekToLast();
  if (audit->Valid()) next_audit_ = LoadBigEndian<uint64_t>(audit->key().data()) + 1;
  return ToStatus(audit->status(), database_->path());
}

Status Catalog::Put(Table table, std::string_view key, std::string_view value) {
  auto batch = Database::NewBatch();
  batch.Put(database_->table(table), ToSlice(key), ToSlice(value));
  return database_->Write(batch, /*sync=*/true);
}

Result<uint64_t> Catalog::ReadNumber(std::string_view name) const {
  SIGHTLINE_ASSIGN(const auto value, database_->Get(kNumbers, name));
  if (!value) return uint64_t{0};
  if (value->size() != sizeof(uint64_t)) return Malformed(database_->path(), name);
  return LoadLittleEndian<uint64_t>(value->data());
}

Status Catalog::WriteNumber(std::string_view name, uint64_t value) {
  std::string bytes;
  AppendLittleEndian(value, bytes);
  return Put(kNumbers, name, bytes);
}

Result<std::map<Day, DayMark>> Catalog::DayMarks() const {
  std::map<Day, DayMark> marks;
  const std::unique_ptr<rocksdb::Iterator> row(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->table(kDays)));
  for (row->SeekToFirst(); row->Valid(); row->Next()) {
    if (row->key().size() != sizeof(uint16_t) || row->value().size() != kDayMarkBytes) {
      return Malformed(database_->path(), "a day's mark");
    }
    marks[Day{LoadBigEndian<uint16_t>(row->key().data())}] = DecodeDayMark(ToView(row->value()));
  }
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(row->status(), database_->path()));
  return marks;
}

Status Catalog::PutDayMarks(const std::map<Day, DayMark>& marks, bool sync) {
  if (marks.empty()) return Ok();
  auto batch = Database::NewBatch();
  for (const auto& [day, mark] : marks) {
    batch.Put(database_->table(kDays), NumberKey(day.number), EncodeDayMark(mark));
  }
  return database_->Write(batch, sync);
}

Status Catalog::DeleteDayMark(Day day) {
  auto batch = Database::NewBatch();
  batch.Delete(database_->table(kDays), NumberKey(day.number));
  return database_->Write(batch, /*sync=*/true);
}

Status Catalog::PutCorrection(const CorrectionPointer& pointer) {
  std::string value;
  AppendBigEndian(pointer.day.number, value);
  const RowKeyBytes row = EncodeRowKey(pointer.version.key);
  value.append(row.data(), row.size());
  return Put(kCorrections, NumberKey(pointer.version.sequence), value);
}

Result<std::vector<CorrectionPointer>> Catalog::Corrections(Sequence before, size_t limit) const {
  std::vector<CorrectionPointer> pointers;
  const std::unique_ptr<rocksdb::Iterator> stored(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->table(kCorrections)));
  if (before == 0) {
    stored->SeekToLast();
  } else {
    stored->SeekForPrev(NumberKey(before - 1));
  }
  for (; stored->Valid() && pointers.size() < limit; stored->Prev()) {
    auto pointer = DecodeCorrectionPointer(ToView(stored->key()), ToView(stored->value()));
    if (!pointer) return Malformed(database_->path(), "a correction's place");
    pointers.push_back(*pointer);
  }
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(stored->status(), database_->path()));
  return pointers;
}

Status Catalog::DeleteCorrections(std::span<const Day> days) {
  SIGHTLINE_ASSIGN(const std::vector<CorrectionPointer> all,
                   Corrections(0, std::numeric_limits<size_t>::max()));
  auto batch = Database::NewBatch();
  for (const auto& [day, version] : all) {
    if (std::ranges::find(days, day) == days.end()) continue;
    batch.Delete(database_->table(kCorrections), NumberKey(version.sequence));
  }
  if (batch.Count() == 0) return Ok();
  return database_->Write(batch, /*sync=*/true);
}

Result<std::vector<CameraEntry>> Catalog::Cameras() const {
  std::vector<CameraEntry> cameras;
  const std::unique_ptr<rocksdb::Iterator> row(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->table(kCameras)));
  for (row->SeekToFirst(); row->Valid(); row->Next()) {
    auto entry = DecodeCameraEntry(ToView(row->value()));
    if (!entry) return Malformed(database_->path(), "a camera");
    cameras.push_back(std::move(*entry));
  }
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(row->status(), database_->path()));
  return cameras;
}

Status Catalog::PutCameras(std::span<const CameraEntry> entries, uint32_t next_number) {
  auto batch = Database::NewBatch();
  for (const CameraEntry& entry : entries) {
    batch.Put(database_->table(kCameras), entry.record.camera().id,
              EncodeCameraEntry(entry.record, entry.used));
  }
  std::string number;
  AppendLittleEndian(uint64_t{next_number}, number);
  batch.Put(database_->table(kNumbers), ToSlice(kNextCameraNumber), number);
  return database_->Write(batch, /*sync=*/true);
}

Status Catalog::DeleteCamera(std::string_view id) {
  auto batch = Database::NewBatch();
  batch.Delete(database_->table(kCameras), ToSlice(id));
  return database_->Write(batch, /*sync=*/true);
}

Status Catalog::PutEntry(std::string_view table, std::string_view key, std::string_view value) {
  return Put(kEntries, EntryKey(table, key), value);
}

Status Catalog::ChangeEntries(std::span<const EntryChange> changes) {
  auto batch = Database::NewBatch();
  for (const EntryChange& change : changes) {
    const std::string key = EntryKey(change.table, change.key);
    if (change.value) {
      batch.Put(database_->table(kEntries), key, *change.value);
    } else {
      batch.Delete(database_->table(kEntries), key);
    }
  }
  return database_->Write(batch, /*sync=*/true);
}

Result<std::optional<std::string>> Catalog::GetEntry(std::string_view table,
                                                     std::string_view key) const {
  return database_->Get(kEntries, EntryKey(table, key));
}

Status Catalog::DeleteEntry(std::string_view table, std::string_view key) {
  auto batch = Database::NewBatch();
  batch.Delete(database_->table(kEntries), EntryKey(table, key));
  return database_->Write(batch, /*sync=*/true);
}

Result<std::vector<std::pair<std::string, std::string>>> Catalog::Entries(
    std::string_view table) const {
  std::vector<std::pair<std::string, std::string>> entries;
  const std::string prefix = EntryKey(table, "");
  const std::unique_ptr<rocksdb::Iterator> row(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->table(kEntries)));
  for (row->Seek(prefix); row->Valid() && row->key().starts_with(prefix); row->Next()) {
    entries.emplace_back(ToView(row->key()).substr(prefix.size()), ToView(row->value()));
  }
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(row->status(), database_->path()));
  return entries;
}

Result<uint64_t> Catalog::AppendAudit(std::span<const std::string> records) {
  const uint64_t first = next_audit_.fetch_add(records.size());
  auto batch = Database::NewBatch();
  for (size_t i = 0; i < records.size(); ++i) {
    batch.Put(database_->table(kAudit), NumberKey(first + i), records[i]);
  }
  SIGHTLINE_RETURN_IF_ERROR(database_->Write(batch, /*sync=*/true));
  return first;
}

Result<std::vector<std::pair<uint64_t, std::string>>> Catalog::ReadAudit(uint64_t before,
                                                                         size_t limit) const {
  std::vector<std::pair<uint64_t, std::string>> records;
  const std::unique_ptr<rocksdb::Iterator> row(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->table(kAudit)));
  if (before == 0) {
    row->SeekToLast();
  } else {
    row->SeekForPrev(NumberKey(before - 1));
  }
  for (; row->Valid() && records.size() < limit; row->Prev()) {
    records.emplace_back(LoadBigEndian<uint64_t>(row->key().data()), row->value().ToString());
  }
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(row->status(), database_->path()));
  return records;
}

}  // namespace sightline::storage
