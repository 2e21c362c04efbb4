// Rows for days that are not being written to directly, until they are moved to their day.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/mutex.h"
#include "storage/database.h"
#include "storage/day_database.h"

namespace sightline::storage {

// A row that waits, owning its bytes.
struct HeldRow {
  RowKey key;
  Sequence sequence = 0;
  std::string plate;
  std::string value;
  std::string by_plate;

  NewRow AsNewRow() const {
    return {.key = key, .sequence = sequence, .plate = plate, .value = value, .by_plate = by_plate};
  }
};

// Concurrency: reads are thread-safe; Add and Remove come from one thread at a time.
class Inbox {
 public:
  // Keeps the readings with a sequence above `counted` for TakeUncounted.
  static Result<std::unique_ptr<Inbox>> Open(const std::filesystem::path& path,
                                             const std::shared_ptr<SharedResources>& shared,
                                             Sequence counted);

  // A row for the inbox and the day that it is for.
  struct Incoming {
    Day day;
    NewRow row;
  };
  // One synced batch; rows in any order, none of them held yet.
  Status Add(std::span<const Incoming> rows) SIGHTLINE_EXCLUDES(mutex_);

  // Forgets rows. Not synced: a row that comes back after a crash is in its day already, and is
  // recognised there.
  Status Remove(Day day, std::span<const RowKey> keys) SIGHTLINE_EXCLUDES(mutex_);

  // Held rows of a day in key order behind `after`, at most `limit`.
  Result<std::vector<HeldRow>> Rows(Day day, const std::optional<RowKey>& after,
                                    size_t limit) const;
  Result<std::optional<std::string>> Value(Day day, const RowKey& key) const;

  // The uncounted readings that were held at the opening. To be called once.
  std::vector<PlateReading> TakeUncounted() SIGHTLINE_EXCLUDES(mutex_);

  size_t rows() const SIGHTLINE_EXCLUDES(mutex_);
  size_t RowsOf(Day day) const SIGHTLINE_EXCLUDES(mutex_);
  std::map<Day, size_t> Counts() const SIGHTLINE_EXCLUDES(mutex_);

  // Removes what is left of forgotten rows from files, logs and manifest.
  Status Compact();

  Database& database() const { return *database_; }

 private:
  enum Table : size_t { kNumbers, kRows };

  explicit Inbox(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  Status Load(Sequence counted) SIGHTLINE_EXCLUDES(mutex_);

  std::unique_ptr<Database> database_;
  mutable Mutex mutex_;
  std::map<Day, size_t> counts_ SIGHTLINE_GUARDED_BY(mutex_);  // no zeroes
  size_t rows_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  std::vector<PlateReading> uncounted_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::storage
