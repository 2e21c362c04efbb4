// What a day has logged of its rows, and the segments that hold the beginning of it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/mutex.h"
#include "storage/database.h"
#include "storage/day.h"
#include "storage/log_note.h"
#include "storage/unnoted_versions.h"

namespace sightline::storage {

// Operation: every batch that is written into a day brings one note, which serves the plate
// dictionary and the segments: it goes when the dictionary has counted its readings and segments
// hold its versions. Memory holds where the notes are, not what is in them. Versions below `base`
// have no note (UnnotedVersions); a day that never was without its log has none.
//
// Concurrency: reads are thread-safe; changes come from one thread at a time. A change is put into a
// batch (Put...), and taken over once that is written (Commit...).
class DayLog {
 public:
  // `database` outlives the log.
  explicit DayLog(const Database& database) : database_(database), unnoted_(database) {}

  // `versions` is how many there are in the day: rows and corrections.
  Status Load(uint64_t versions) SIGHTLINE_EXCLUDES(mutex_);

  uint64_t sealed_to() const SIGHTLINE_EXCLUDES(mutex_);
  uint64_t end() const SIGHTLINE_EXCLUDES(mutex_);
  std::vector<SegmentEntry> Segments() const SIGHTLINE_EXCLUDES(mutex_);

  // As DayReader::ReadLog.
  Result<std::vector<RowVersion>> Read(uint64_t from, size_t limit) const
      SIGHTLINE_EXCLUDES(mutex_);

  // Whether a note may hold what the dictionary has yet to count, as far as PutDropped was told.
  bool HasUncounted() const SIGHTLINE_EXCLUDES(mutex_);
  // Calls `visit` for every noted version above `counted` that the dictionary has yet to count.
  Status VisitUncounted(Sequence counted,
                        const std::function<void(const LogNoteReader&)>& visit) const
      SIGHTLINE_EXCLUDES(mutex_);

  // The log's own record, for a day that never had one.
  void PutRecord(rocksdb::WriteBatch& batch) const SIGHTLINE_EXCLUDES(mutex_);

  void PutNote(const LogNote& note, rocksdb::WriteBatch& batch) const SIGHTLINE_EXCLUDES(mutex_);
  void CommitNote(const LogNote& note) SIGHTLINE_EXCLUDES(mutex_);

  // The dictionary has counted everything up to `counted`: notes that are of no more use go. (A note
  // that stays because the batch was not written goes with the next opening.)
  void DropCounted(Sequence counted, rocksdb::WriteBatch& batch) SIGHTLINE_EXCLUDES(mutex_);

  struct SegmentChange {
    uint64_t sealed_to = 0;
    uint64_t base = 0;
    std::vector<SegmentEntry> added;
    std::vector<std::string> removed;
  };
  // As Store::CommitSegments. Errors: kInvalidArgument for a change that does not fit what there is.
  Result<SegmentChange> PlanCommit(uint64_t sealed_to, std::span<const SegmentEntry> added,
                                   std::span<const std::string> removed) const
      SIGHTLINE_EXCLUDES(mutex_);
  // As Store::DropSegments.
  SegmentChange PlanReset() const SIGHTLINE_EXCLUDES(mutex_);
  void PutSegments(const SegmentChange& change, rocksdb::WriteBatch& batch) const
      SIGHTLINE_EXCLUDES(mutex_);
  void CommitSegments(const SegmentChange& change) SIGHTLINE_EXCLUDES(mutex_);

 private:
  struct Note {
    uint64_t position = 0;
    uint32_t versions = 0;
    Sequence uncounted_to = 0;

    uint64_t end() const { return position + versions; }
  };
  struct Segment {
    uint64_t number = 0;
    SegmentEntry entry;
  };

  Status LoadNotes(uint64_t first) SIGHTLINE_REQUIRES(mutex_);
  Status LoadPending() SIGHTLINE_REQUIRES(mutex_);
  Status LoadSegments() SIGHTLINE_REQUIRES(mutex_);
  uint64_t FirstNote() const SIGHTLINE_REQUIRES(mutex_);
  Status ReadNotes(uint64_t from, uint64_t to, std::vector<RowVersion>& out) const
      SIGHTLINE_EXCLUDES(mutex_);
  Error BadNote() const;

  const Database& database_;
  mutable UnnotedVersions unnoted_;

  mutable Mutex mutex_;
  uint64_t base_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  uint64_t sealed_to_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  uint64_t end_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  std::deque<Note> notes_ SIGHTLINE_GUARDED_BY(mutex_);  // without a gap, the last one up to end_
  std::vector<Sequence> pending_ SIGHTLINE_GUARDED_BY(mutex_);  // of format 1's notes, ascending
  std::vector<Segment> segments_ SIGHTLINE_GUARDED_BY(mutex_);  // ascending
  uint64_t next_segment_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  Sequence uncounted_to_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  Sequence counted_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
};

}  // namespace sightline::storage
