// The database of one day: its rows, their corrections, its plate index, and its own notes.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/camera.h"
#include "core/correction.h"
#include "core/error.h"
#include "core/mutex.h"
#include "storage/database.h"
#include "storage/day_corrections.h"
#include "storage/day_log.h"
#include "storage/day_tables.h"
#include "storage/store.h"

namespace sightline::storage {

// What a day says of itself; put in every batch, so that a lost batch shows.
struct DayState {
  uint64_t rows = 0;
  Sequence last_sequence = 0;

  bool operator==(const DayState&) const = default;
};

// A camera as it was when the day first saw it.
struct DayCamera {
  Camera camera;
  uint32_t hash = 0;  // HashCameraId of its id
};

// A row on its way into a day or the inbox, its sequence stamped already.
struct NewRow {
  RowKey key;
  Sequence sequence = 0;
  std::string_view plate;
  std::string_view value;
  std::string_view by_plate;
};

// A correction on its way into a day, its sequence given already.
struct NewCorrection {
  RowKey key;
  StoredCorrection stored;
  Sequence ingest_sequence = 0;  // of the row as it came
  std::string_view plate;        // that the row bears from now on
  std::string_view by_plate;     // of the row under that plate, its sequence stamped already
};

// A reading that the plate dictionary has not counted yet.
struct PlateReading {
  std::string plate;
  Day day;
  uint32_t ms_of_day = 0;
  Sequence sequence = 0;
  // From `sequence` on a correction gives the reading to the plate or takes it away: how many there
  // are is to be asked of the day.
  bool corrected = false;
};

// Of a correction that changes the plate: what the dictionary is to know of.
void AppendCorrectedReadings(Day day, const RowVersion& version, std::string_view before,
                             std::string_view after, std::vector<PlateReading>& readings);

// Concurrency: reads are thread-safe; writes (Write to DropSegments) come from one thread at a time.
class DayDatabase {
 public:
  // Opens or creates the directory. Files of segments that are not listed are deleted.
  // Errors: kCorruption when it is not readable as a whole.
  static Result<std::shared_ptr<DayDatabase>> Open(Day day, const std::filesystem::path& path,
                                                   const std::shared_ptr<SharedResources>& shared);
  // Removes the directory when it was doomed.
  ~DayDatabase();

  Day day() const { return day_; }
  Database& database() const { return *database_; }
  DayState state() const SIGHTLINE_EXCLUDES(mutex_);

  Result<bool> Contains(const RowKey& key) const;

  // One synced batch. `rows` are in key order and not stored yet. The note in the log names the
  // plates of rows above `counted`, what the plate dictionary has durably counted. `cameras` names a
  // camera number that the day does not know yet.
  Status Write(std::span<const NewRow> rows, Sequence counted,
               const std::function<std::optional<Camera>(uint32_t)>& cameras)
      SIGHTLINE_EXCLUDES(mutex_);
  // One synced batch. The row is stored.
  Status Correct(const NewCorrection& correction) SIGHTLINE_EXCLUDES(mutex_);
  // Notes that nobody needs any more go. Not synced: a note that survives is known to be of no use.
  Status DropCounted(Sequence counted);
  // As in Store.
  Status CommitSegments(uint64_t sealed_to, std::span<const SegmentEntry> added,
                        std::span<const std::string> removed);
  Status DropSegments();

  // Which rows were corrected.
  const DayCorrections& corrections() const { return corrections_; }
  // The correction that is stored for the version; nullopt when there is none.
  Result<std::optional<StoredCorrection>> FindCorrection(const RowVersion& version) const
      SIGHTLINE_EXCLUDES(mutex_);

  const DayLog& log() const { return log_; }
  // Whether segments hold all that there is. Not so of an empty day: its mark, which tells of no rows
  // yet, is not to be written before the first ones are.
  bool IsSealed() const { return log_.end() > 0 && log_.sealed_to() == log_.end(); }
  std::filesystem::path segment_directory() const;

  // The readings that notes say are uncounted, above `counted`.
  Result<std::vector<PlateReading>> UncountedReadings(Sequence counted) const;

  // The camera of a number used in this day, or null. Valid as long as the day is open.
  const DayCamera* FindCamera(uint32_t number) const SIGHTLINE_EXCLUDES(mutex_);

  // Deletes the directory when the last holder lets go.
  void Doom() { doomed_ = true; }

 private:
  DayDatabase(Day day, std::unique_ptr<Database> database)
      : day_(day), database_(std::move(database)), log_(*database_) {}
  Status Load() SIGHTLINE_EXCLUDES(mutex_);
  Status LoadState() SIGHTLINE_EXCLUDES(mutex_);
  Status LoadNotes() SIGHTLINE_EXCLUDES(mutex_);
  Status LoadSegments();
  rocksdb::WriteBatch NewBatch(size_t reserved_bytes = 0) const;
  // Writes a batch made by NewBatch.
  Status WriteBatch(rocksdb::WriteBatch& batch, bool sync);
  Status ChangeSegments(const DayLog::SegmentChange& change);
  Error BadNote(std::string_view what) const;

  const Day day_;
  std::unique_ptr<Database> database_;
  std::atomic<bool> doomed_ = false;
  DayLog log_;
  DayCorrections corrections_;
  bool to_upgrade_ = false;  // of format 1, which has no log; of the writer alone
  mutable Mutex mutex_;
  DayState state_ SIGHTLINE_GUARDED_BY(mutex_);
  std::unordered_map<uint32_t, DayCamera> cameras_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::storage
