// The versions of a day that no note of its log names, listed from the rows themselves.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "core/error.h"
#include "core/mutex.h"
#include "storage/database.h"
#include "storage/day.h"

namespace sightline::storage {

// Days of an older version and days whose segments were dropped have rows that are in no segment and
// whose notes are gone. Their order is that of `sightings`, then that of the corrections: the same
// at every opening, since what comes later is noted.
//
// Operation: reading on behind the last call costs what it reads; reading elsewhere starts over. The
// sequences that notes name are held in memory, from the first call to Forget.
//
// Concurrency: thread-safe, also beside a writer.
class UnnotedVersions {
 public:
  // `database` outlives it.
  explicit UnnotedVersions(const Database& database) : database_(database) {}

  // Appends the versions at [from, to) of the list to `out`. The day's notes begin at `first_note`.
  Status Read(uint64_t from, uint64_t to, uint64_t first_note, std::vector<RowVersion>& out)
      SIGHTLINE_EXCLUDES(mutex_);
  // The list is not asked for any more, or becomes another one.
  void Forget() SIGHTLINE_EXCLUDES(mutex_);

 private:
  // Where the version at a position is, or a noted one before it.
  struct Place {
    uint64_t position = 0;
    bool in_corrections = false;
    std::string key;  // not above the version's
  };

  Status LearnNoted(const rocksdb::ReadOptions& options, uint64_t first_note)
      SIGHTLINE_REQUIRES(mutex_);
  Status ReadTable(const rocksdb::ReadOptions& options, uint64_t from, uint64_t to,
                   std::vector<RowVersion>& out) SIGHTLINE_REQUIRES(mutex_);

  const Database& database_;
  Mutex mutex_;
  Place next_ SIGHTLINE_GUARDED_BY(mutex_);
  std::unordered_set<Sequence> noted_ SIGHTLINE_GUARDED_BY(mutex_);
  uint64_t noted_to_ SIGHTLINE_GUARDED_BY(mutex_) = 0;  // notes up to this position are in noted_
};

}  // namespace sightline::storage
