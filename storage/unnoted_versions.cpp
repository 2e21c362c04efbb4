#include "storage/unnoted_versions.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "storage/day_tables.h"
#include "storage/log_note.h"
#include "storage/record_codec.h"
#include "storage/rocksdb_status.h"
#include "storage/row_key.h"

namespace sightline::storage {
namespace {

std::optional<RowVersion> VersionOfRow(const rocksdb::Iterator& row) {
  const auto key = DecodeRowKey(ToView(row.key()));
  const auto header = ParseRecordHeader(ToView(row.value()));
  if (!key || !header) return std::nullopt;
  return RowVersion{.key = *key, .sequence = header->sequence};
}

Error BadRow(const Database& database) {
  return {ErrorCode::kCorruption,
          database.path() + ": a row is not in a format that this version reads", {}};
}

}  // namespace

Status UnnotedVersions::Read(uint64_t from, uint64_t to, uint64_t first_note,
                             std::vector<RowVersion>& out) {
  const MutexLock lock(mutex_);
  if (from < next_.position) next_ = {};
  // Rows and their note are written together: in one view of the database both are there, or neither.
  rocksdb::ManagedSnapshot view(&database_.db());
  rocksdb::ReadOptions options;
  options.snapshot = view.snapshot();
  options.fill_cache = false;
  SIGHTLINE_RETURN_IF_ERROR(LearnNoted(options, first_note));
  if (!next_.in_corrections) {
    SIGHTLINE_RETURN_IF_ERROR(ReadTable(options, from, to, out));
    if (next_.position >= to) return Ok();
    next_ = {.position = next_.position, .in_corrections = true, .key = CorrectionsStart()};
  }
  return ReadTable(options, from, to, out);
}

Status UnnotedVersions::LearnNoted(const rocksdb::ReadOptions& options, uint64_t first_note) {
  noted_to_ = std::max(noted_to_, first_note);
  const std::unique_ptr<rocksdb::Iterator> note(
      database_.db().NewIterator(options, database_.table(kDayNotes)));
  for (note->Seek(NoteKey(kVersionsPrefix, noted_to_)); note->Valid(); note->Next()) {
    const auto position = NoteNumber<uint64_t>(ToView(note->key()), kVersionsPrefix);
    if (!position) break;
    LogNoteReader entries(ToView(note->value()));
    noted_to_ = *position;
    while (entries.Next()) {
      noted_.insert(entries.version().sequence);
      ++noted_to_;
    }
    if (entries.malformed()) return BadRow(database_);
  }
  return ToStatus(note->status(), database_.path());
}

Status UnnotedVersions::ReadTable(const rocksdb::ReadOptions& options, uint64_t from, uint64_t to,
                                  std::vector<RowVersion>& out) {
  const std::unique_ptr<rocksdb::Iterator> row(database_.db().NewIterator(
      options, database_.table(next_.in_corrections ? kDayNotes : kDaySightings)));
  for (row->Seek(next_.key); row->Valid() && next_.position < to; row->Next()) {
    const std::string_view key = ToView(row->key());
    if (next_.in_corrections && !IsCorrectionKey(key)) break;
    const auto version = next_.in_corrections ? DecodeCorrectionKey(key) : VersionOfRow(*row);
    if (!version) return BadRow(database_);
    next_.key.assign(key).push_back('\0');  // right behind it
    if (noted_.contains(version->sequence)) continue;
    if (next_.position >= from) out.push_back(*version);
    ++next_.position;
  }
  return ToStatus(row->status(), database_.path());
}

void UnnotedVersions::Forget() {
  const MutexLock lock(mutex_);
  next_ = {};
  noted_.clear();
  noted_to_ = 0;
}

}  // namespace sightline::storage
