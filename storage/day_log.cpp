#include "storage/day_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "storage/day_tables.h"
#include "storage/record_codec.h"
#include "storage/rocksdb_status.h"

namespace sightline::storage {
namespace {

// The record: base, sealed_to, position of the first note that is kept.
constexpr size_t kRecordBytes = 3 * sizeof(uint64_t);

std::string EncodeRecord(uint64_t base, uint64_t sealed_to, uint64_t first_note) {
  std::string value;
  AppendLittleEndian(base, value);
  AppendLittleEndian(sealed_to, value);
  AppendLittleEndian(first_note, value);
  return value;
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && name[0] != '.' &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

}  // namespace

Error DayLog::BadNote() const {
  return {ErrorCode::kCorruption,
          fmt::format("{}: a note of the log is not in a format that this version reads",
                      database_.path()),
          {}};
}

Status DayLog::Load(uint64_t versions) {
  SIGHTLINE_ASSIGN(const auto record, database_.Get(kDayNotes, kLogKey));
  const MutexLock lock(mutex_);
  end_ = versions;
  if (!record) {
    base_ = versions;
    return LoadPending();
  }
  if (record->size() != kRecordBytes) return BadNote();
  base_ = LoadLittleEndian<uint64_t>(record->data());
  sealed_to_ = LoadLittleEndian<uint64_t>(record->data() + sizeof(uint64_t));
  const auto first = LoadLittleEndian<uint64_t>(record->data() + 2 * sizeof(uint64_t));
  SIGHTLINE_RETURN_IF_ERROR(LoadPending());
  SIGHTLINE_RETURN_IF_ERROR(LoadSegments());
  return LoadNotes(first);
}

Status DayLog::LoadNotes(uint64_t first) {
  const std::unique_ptr<rocksdb::Iterator> stored(
      database_.db().NewIterator(rocksdb::ReadOptions(), database_.table(kDayNotes)));
  for (stored->Seek(NoteKey(kVersionsPrefix, first)); stored->Valid(); stored->Next()) {
    const auto position = NoteNumber<uint64_t>(ToView(stored->key()), kVersionsPrefix);
    if (!position) break;
    Note note{.position = *position};
    LogNoteReader entries(ToView(stored->value()));
    for (; entries.Next(); ++note.versions) {
      if (!entries.is_uncounted()) continue;
      note.uncounted_to = std::max(note.uncounted_to, entries.version().sequence);
    }
    if (entries.malformed()) return BadNote();
    uncounted_to_ = std::max(uncounted_to_, note.uncounted_to);
    notes_.push_back(note);
  }
  return ToStatus(stored->status(), database_.path());
}

Status DayLog::LoadPending() {
  const std::unique_ptr<rocksdb::Iterator> stored(
      database_.db().NewIterator(rocksdb::ReadOptions(), database_.table(kDayNotes)));
  for (stored->Seek(NoteKey(kPendingPrefix, Sequence{0})); stored->Valid(); stored->Next()) {
    const auto sequence = NoteNumber<Sequence>(ToView(stored->key()), kPendingPrefix);
    if (!sequence) break;
    pending_.push_back(*sequence);
    uncounted_to_ = std::max(uncounted_to_, *sequence);
  }
  return ToStatus(stored->status(), database_.path());
}

Status DayLog::LoadSegments() {
  const std::unique_ptr<rocksdb::Iterator> stored(
      database_.db().NewIterator(rocksdb::ReadOptions(), database_.table(kDayNotes)));
  for (stored->Seek(NoteKey(kSegmentPrefix, uint64_t{0})); stored->Valid(); stored->Next()) {
    const auto number = NoteNumber<uint64_t>(ToView(stored->key()), kSegmentPrefix);
    if (!number) break;
    auto entry = DecodeSegmentEntry(ToView(stored->value()));
    if (!entry) return BadNote();
    segments_.push_back({.number = *number, .entry = std::move(*entry)});
    next_segment_ = *number + 1;
  }
  return ToStatus(stored->status(), database_.path());
}

uint64_t DayLog::sealed_to() const {
  const MutexLock lock(mutex_);
  return sealed_to_;
}

uint64_t DayLog::end() const {
  const MutexLock lock(mutex_);
  return end_;
}

std::vector<SegmentEntry> DayLog::Segments() const {
  const MutexLock lock(mutex_);
  std::vector<SegmentEntry> entries;
  for (const Segment& segment : segments_) entries.push_back(segment.entry);
  return entries;
}

uint64_t DayLog::FirstNote() const { return notes_.empty() ? end_ : notes_.front().position; }

Result<std::vector<RowVersion>> DayLog::Read(uint64_t from, size_t limit) const {
  std::vector<RowVersion> versions;
  uint64_t base = 0;
  uint64_t to = 0;
  uint64_t first_note = 0;
  {
    const MutexLock lock(mutex_);
    if (from < sealed_to_ || from >= end_) return versions;
    base = base_;
    to = from + std::min<uint64_t>(limit, end_ - from);
    first_note = FirstNote();
  }
  versions.reserve(to - from);
  if (from < base) {
    SIGHTLINE_RETURN_IF_ERROR(unnoted_.Read(from, std::min(to, base), first_note, versions));
  }
  if (to > base) SIGHTLINE_RETURN_IF_ERROR(ReadNotes(std::max(from, base), to, versions));
  if (versions.size() == to - from) return versions;
  // Sealed meanwhile, its notes dropped: or the day does not hold what its log says.
  if (from < sealed_to()) return std::vector<RowVersion>();
  return Error{ErrorCode::kCorruption,
               fmt::format("{}: the log holds {} versions from {} to {}", database_.path(),
                           versions.size(), from, to),
               {}};
}

Status DayLog::ReadNotes(uint64_t from, uint64_t to, std::vector<RowVersion>& out) const {
  uint64_t position = 0;
  {
    const MutexLock lock(mutex_);
    auto note = std::ranges::upper_bound(notes_, from, {}, &Note::position);
    if (note == notes_.begin()) return Ok();
    position = std::prev(note)->position;
  }
  const std::unique_ptr<rocksdb::Iterator> stored(
      database_.db().NewIterator(rocksdb::ReadOptions(), database_.table(kDayNotes)));
  for (stored->Seek(NoteKey(kVersionsPrefix, position)); stored->Valid() && position < to;
       stored->Next()) {
    // Another key: the notes went meanwhile.
    if (NoteNumber<uint64_t>(ToView(stored->key()), kVersionsPrefix) != position) break;
    LogNoteReader entries(ToView(stored->value()));
    for (; position < to && entries.Next(); ++position) {
      if (position >= from) out.push_back(entries.version());
    }
    if (entries.malformed()) return BadNote();
  }
  return ToStatus(stored->status(), database_.path());
}

bool DayLog::HasUncounted() const {
  const MutexLock lock(mutex_);
  return uncounted_to_ > counted_;
}

Status DayLog::VisitUncounted(Sequence counted,
                              const std::function<void(const LogNoteReader&)>& visit) const {
  std::vector<std::string> keys;
  {
    const MutexLock lock(mutex_);
    for (const Sequence pending : pending_) {
      if (pending > counted) keys.push_back(NoteKey(kPendingPrefix, pending));
    }
    for (const Note& note : notes_) {
      if (note.uncounted_to > counted) keys.push_back(NoteKey(kVersionsPrefix, note.position));
    }
  }
  for (const std::string& key : keys) {
    SIGHTLINE_ASSIGN(const auto note, database_.Get(kDayNotes, key));
    if (!note) continue;  // counted meanwhile
    LogNoteReader entries(*note);
    while (entries.Next()) {
      // Rows that came through the inbox bring older sequences into a later note.
      if (entries.is_uncounted() && entries.version().sequence > counted) visit(entries);
    }
    if (entries.malformed()) return BadNote();
  }
  return Ok();
}

void DayLog::PutRecord(rocksdb::WriteBatch& batch) const {
  const MutexLock lock(mutex_);
  batch.Put(database_.table(kDayNotes), ToSlice(kLogKey),
            EncodeRecord(base_, sealed_to_, FirstNote()));
}

void DayLog::PutNote(const LogNote& note, rocksdb::WriteBatch& batch) const {
  const MutexLock lock(mutex_);
  batch.Put(database_.table(kDayNotes), NoteKey(kVersionsPrefix, end_), note.bytes());
}

void DayLog::CommitNote(const LogNote& note) {
  const MutexLock lock(mutex_);
  notes_.push_back({.position = end_,
                    .versions = note.versions(),
                    .uncounted_to = note.uncounted_to()});
  end_ += note.versions();
  uncounted_to_ = std::max(uncounted_to_, note.uncounted_to());
}

void DayLog::DropCounted(Sequence counted, rocksdb::WriteBatch& batch) {
  const MutexLock lock(mutex_);
  counted_ = std::max(counted_, counted);
  rocksdb::ColumnFamilyHandle* const table = database_.table(kDayNotes);
  const auto pending_end = std::ranges::upper_bound(pending_, counted);
  for (auto pending = pending_.begin(); pending != pending_end; ++pending) {
    batch.Delete(table, NoteKey(kPendingPrefix, *pending));
  }
  pending_.erase(pending_.begin(), pending_end);

  const uint64_t first = FirstNote();
  while (!notes_.empty() && notes_.front().end() <= sealed_to_ &&
         notes_.front().uncounted_to <= counted) {
    batch.Delete(table, NoteKey(kVersionsPrefix, notes_.front().position));
    notes_.pop_front();
  }
  if (FirstNote() == first) return;
  batch.Put(table, ToSlice(kLogKey), EncodeRecord(base_, sealed_to_, FirstNote()));
}

Result<DayLog::SegmentChange> DayLog::PlanCommit(uint64_t sealed_to,
                                                 std::span<const SegmentEntry> added,
                                                 std::span<const std::string> removed) const {
  const MutexLock lock(mutex_);
  if (sealed_to < sealed_to_ || sealed_to > end_) {
    return InvalidArgument(fmt::format("segments up to {} of a log that goes from {} to {}",
                                       sealed_to, sealed_to_, end_));
  }
  const auto is_listed = [this](const std::string& name) SIGHTLINE_REQUIRES(mutex_) {
    return std::ranges::any_of(segments_,
                               [&](const Segment& segment) { return segment.entry.name == name; });
  };
  for (const SegmentEntry& entry : added) {
    if (!IsPlainName(entry.name) || is_listed(entry.name)) {
      return InvalidArgument(fmt::format("a segment cannot be named '{}'", entry.name));
    }
  }
  for (const std::string& name : removed) {
    if (!is_listed(name)) return InvalidArgument(fmt::format("there is no segment '{}'", name));
  }
  return SegmentChange{.sealed_to = sealed_to,
                       .base = base_,
                       .added = {added.begin(), added.end()},
                       .removed = {removed.begin(), removed.end()}};
}

DayLog::SegmentChange DayLog::PlanReset() const {
  const MutexLock lock(mutex_);
  SegmentChange change{.sealed_to = 0, .base = FirstNote(), .added = {}, .removed = {}};
  for (const Segment& segment : segments_) change.removed.push_back(segment.entry.name);
  return change;
}

void DayLog::PutSegments(const SegmentChange& change, rocksdb::WriteBatch& batch) const {
  const MutexLock lock(mutex_);
  rocksdb::ColumnFamilyHandle* const table = database_.table(kDayNotes);
  for (const Segment& segment : segments_) {
    if (std::ranges::find(change.removed, segment.entry.name) == change.removed.end()) continue;
    batch.Delete(table, NoteKey(kSegmentPrefix, segment.number));
  }
  uint64_t number = next_segment_;
  for (const SegmentEntry& entry : change.added) {
    batch.Put(table, NoteKey(kSegmentPrefix, number++), EncodeSegmentEntry(entry));
  }
  batch.Put(table, ToSlice(kLogKey), EncodeRecord(change.base, change.sealed_to, FirstNote()));
}

void DayLog::CommitSegments(const SegmentChange& change) {
  {
    const MutexLock lock(mutex_);
    std::erase_if(segments_, [&](const Segment& segment) {
      return std::ranges::find(change.removed, segment.entry.name) != change.removed.end();
    });
    for (const SegmentEntry& entry : change.added) {
      segments_.push_back({.number = next_segment_++, .entry = entry});
    }
    const bool list_is_another = change.base != base_;
    base_ = change.base;
    sealed_to_ = change.sealed_to;
    if (sealed_to_ < base_ && !list_is_another) return;
  }
  unnoted_.Forget();
}

}  // namespace sightline::storage
