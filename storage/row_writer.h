// The one writer of rows: gives sequences, tells duplicates, and places rows in days and the inbox.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/mutex.h"
#include "storage/camera_registry.h"
#include "storage/catalog.h"
#include "storage/day_directory.h"
#include "storage/day_marks.h"
#include "storage/inbox.h"
#include "storage/plate_dictionary.h"
#include "storage/store.h"

namespace sightline::storage {

// Thread-safe; one change at a time.
class RowWriter {
 public:
  // All outlive the writer.
  struct Parts {
    Catalog& catalog;
    CameraRegistry& cameras;
    Inbox& inbox;
    PlateDictionary& dictionary;
    DayMarks& marks;
    DayDirectory& days;
  };
  RowWriter(const Parts& parts, size_t inbox_rows) : parts_(parts), inbox_rows_(inbox_rows) {}

  // Continues above every sequence that was ever given.
  Status Load() SIGHTLINE_EXCLUDES(mutex_);

  // As in Store.
  Result<AppendResult> Append(std::span<EncodedSighting> batch) SIGHTLINE_EXCLUDES(mutex_);
  Sequence visible() const { return visible_; }

  // As in Store. The row is in its day, not in the inbox; kNotFound when it is not.
  Result<StoredCorrection> Correct(Day day, const RowKey& key, const Correction& correction,
                                   TimestampMs now) SIGHTLINE_EXCLUDES(mutex_);
  Status CommitSegments(Day day, uint64_t sealed_to, std::span<const SegmentEntry> added,
                        std::span<const std::string> removed) SIGHTLINE_EXCLUDES(mutex_);
  Status DropSegments(Day day) SIGHTLINE_EXCLUDES(mutex_);

  // Moves the rows of the days that wait with most of them, until at most `down_to` rows wait or
  // `stop` says so.
  Status DrainFullest(size_t down_to, const std::function<bool()>& stop) SIGHTLINE_EXCLUDES(mutex_);

  // Moves a day's rows from the inbox into the day.
  Status Drain(Day day) SIGHTLINE_EXCLUDES(mutex_);

  // Forgets notes that nobody needs any more, and marks the days clean that need no look after a
  // crash.
  Status Settle() SIGHTLINE_EXCLUDES(mutex_);

  // Drops a day's rows from the inbox.
  Status Discard(Day day) SIGHTLINE_EXCLUDES(mutex_);

  // Gives back the sequences that were reserved and not used. Nothing is appended afterwards.
  Status Finish() SIGHTLINE_EXCLUDES(mutex_);

 private:
  // The rows of a batch that go to one day: those not stored yet, in key order.
  struct DayRows {
    Day day;
    std::shared_ptr<DayDatabase> database;  // null: no such day yet
    std::vector<uint32_t> rows;             // positions in the batch
    bool direct = false;
  };
  using Batch = std::span<EncodedSighting>;

  static std::vector<DayRows> SplitByDay(Batch batch);
  // Drops what is stored already or comes twice.
  Status DropDuplicates(Batch batch, DayRows& of_day) SIGHTLINE_REQUIRES(mutex_);
  // Makes sure that so many sequences above the last may be given.
  Status ReserveSequences(size_t count) SIGHTLINE_REQUIRES(mutex_);
  Status StampSequences(Batch batch, const AppendResult& result) SIGHTLINE_REQUIRES(mutex_);
  Status MarkCamerasUsed(Batch batch, const std::vector<DayRows>& days)
      SIGHTLINE_REQUIRES(mutex_);
  // Decides which days get their rows directly, and readies those.
  Status ChooseDirectDays(size_t batch_rows, std::vector<DayRows>& days) SIGHTLINE_REQUIRES(mutex_);
  Status WriteDay(Batch batch, const DayRows& of_day, std::vector<PlateReading>& written)
      SIGHTLINE_REQUIRES(mutex_);
  Status WriteInbox(Batch batch, const std::vector<DayRows>& days,
                    std::vector<PlateReading>& written) SIGHTLINE_REQUIRES(mutex_);
  Status WriteRows(Batch batch, const std::vector<DayRows>& days,
                   std::vector<PlateReading>& written) SIGHTLINE_REQUIRES(mutex_);
  // Keeps the inbox from growing faster than it is emptied: every batch past the limit moves a day.
  Status MakeRoomInInbox() SIGHTLINE_EXCLUDES(mutex_);
  // Moves some rows behind `last` and moves that on; whether there may be more.
  Result<bool> DrainSome(Day day, DayDatabase& database, std::optional<RowKey>& last)
      SIGHTLINE_EXCLUDES(mutex_);
  std::optional<Camera> CameraOf(uint32_t number) const;
  Status WriteCorrection(DayDatabase& database, const RowKey& key, const StoredSighting& before,
                         const StoredCorrection& stored) SIGHTLINE_REQUIRES(mutex_);
  Status ChangeSegments(Day day, const std::function<Status(DayDatabase&)>& change)
      SIGHTLINE_EXCLUDES(mutex_);

  const Parts parts_;
  const size_t inbox_rows_;
  std::atomic<Sequence> visible_ = 0;
  Mutex mutex_;
  Sequence last_sequence_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  Sequence reserved_ SIGHTLINE_GUARDED_BY(mutex_) = 0;  // durable: nothing above was ever given
  std::vector<Day> recent_days_ SIGHTLINE_GUARDED_BY(mutex_);  // written directly, latest first
  std::unordered_set<uint32_t> used_cameras_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::storage
