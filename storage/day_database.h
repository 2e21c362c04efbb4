// The database of one day: its rows, its plate index, and its own notes.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/camera.h"
#include "core/error.h"
#include "core/mutex.h"
#include "storage/database.h"
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

// A reading that the plate dictionary has not counted yet.
struct PlateReading {
  std::string plate;
  Day day;
  uint32_t ms_of_day = 0;
  Sequence sequence = 0;
};

// Concurrency: reads are thread-safe; writes (Write, DropPending) come from one thread at a time.
class DayDatabase {
 public:
  // Opens or creates the directory. Errors: kCorruption when it is not readable as a whole.
  static Result<std::shared_ptr<DayDatabase>> Open(Day day, const std::filesystem::path& path,
                                                   const std::shared_ptr<SharedResources>& shared);
  // Removes the directory when it was doomed.
  ~DayDatabase();

  Day day() const { return day_; }
  Database& database() const { return *database_; }
  DayState state() const SIGHTLINE_EXCLUDES(mutex_);

  Result<bool> Contains(const RowKey& key) const;

  // One synced batch. `rows` are in key order and not stored yet. Rows above `counted`, what the
  // plate dictionary has durably counted, are noted as pending. `cameras` names a camera number that
  // the day does not know yet.
  Status Write(std::span<const NewRow> rows, Sequence counted,
               const std::function<std::optional<Camera>(uint32_t)>& cameras)
      SIGHTLINE_EXCLUDES(mutex_);

  // The readings noted as pending above `counted`.
  Result<std::vector<PlateReading>> PendingReadings(Sequence counted) const;
  // Forgets the notes up to `counted`. Not synced: a note that survives is below the mark.
  Status DropPending(Sequence counted) SIGHTLINE_EXCLUDES(mutex_);
  bool HasPending() const SIGHTLINE_EXCLUDES(mutex_);

  // The camera of a number used in this day, or null. Valid as long as the day is open.
  const DayCamera* FindCamera(uint32_t number) const SIGHTLINE_EXCLUDES(mutex_);

  // Deletes the directory when the last holder lets go.
  void Doom() { doomed_ = true; }

  enum Table : size_t { kNotes, kSightings, kByPlate };

 private:
  DayDatabase(Day day, std::unique_ptr<Database> database)
      : day_(day), database_(std::move(database)) {}
  Status Load() SIGHTLINE_EXCLUDES(mutex_);

  const Day day_;
  std::unique_ptr<Database> database_;
  std::atomic<bool> doomed_ = false;
  mutable Mutex mutex_;
  DayState state_ SIGHTLINE_GUARDED_BY(mutex_);
  std::unordered_map<uint32_t, DayCamera> cameras_ SIGHTLINE_GUARDED_BY(mutex_);
  std::vector<Sequence> pending_ SIGHTLINE_GUARDED_BY(mutex_);  // keys of the notes, ascending
};

}  // namespace sightline::storage
