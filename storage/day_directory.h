// The directory `days`: which days there are, and those that are open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/mutex.h"
#include "storage/day_database.h"
#include "storage/day_marks.h"

namespace sightline::storage {

// Operation: days open on demand; of those that nobody uses the one used longest ago is closed when
// there are too many. A day that cannot be read is set aside: it stays where it is, and asking for
// it gives the reason, until the next start.
//
// Concurrency: thread-safe. Opening or closing one day does not hold up the others.
class DayDirectory {
 public:
  DayDirectory(std::filesystem::path path, std::shared_ptr<SharedResources> shared,
               size_t max_open_days, DayMarks& marks);

  // Lists the days on disk, and removes those that retention has taken.
  Status Scan() SIGHTLINE_EXCLUDES(mutex_);

  // The day; null when there is no such day and `create` is false. Errors: kCorruption for a day set
  // aside, kUnavailable for one that is still being deleted.
  Result<std::shared_ptr<DayDatabase>> Open(Day day, bool create) SIGHTLINE_EXCLUDES(mutex_);

  // Deletes the day: from now on there is none. Its files go when its last reader lets go. It cannot
  // begin anew until Purged is told that nothing of it is left elsewhere.
  Status Remove(Day day) SIGHTLINE_EXCLUDES(mutex_);
  // Removed days that Purged was not called for, ascending; those too that an earlier process left.
  std::vector<Day> Unpurged() const SIGHTLINE_EXCLUDES(mutex_);
  Status Purged(std::span<const Day> days) SIGHTLINE_EXCLUDES(mutex_);

  // Not set aside, ascending.
  std::vector<Day> Days() const SIGHTLINE_EXCLUDES(mutex_);
  std::vector<std::shared_ptr<DayDatabase>> OpenDays() const SIGHTLINE_EXCLUDES(mutex_);
  std::vector<Store::SetAsideDay> SetAside() const SIGHTLINE_EXCLUDES(mutex_);
  std::vector<Store::Loss> Losses() const SIGHTLINE_EXCLUDES(mutex_);

  // Closes the days that nobody uses.
  void CloseAll() SIGHTLINE_EXCLUDES(mutex_);

 private:
  struct Entry {
    std::shared_ptr<DayDatabase> database;  // null while it is being opened or closed
    uint64_t last_used = 0;
  };
  using Closing = std::map<Day, std::shared_ptr<DayDatabase>>;

  std::filesystem::path PathOf(Day day) const { return path_ / FormatDay(day); }
  // An open day; or null, and `claimed` says whether the caller is to open it.
  Result<std::shared_ptr<DayDatabase>> FindOrClaim(Day day, bool create, bool& claimed)
      SIGHTLINE_EXCLUDES(mutex_);
  void WaitUntilSettled(Day day) SIGHTLINE_REQUIRES(mutex_);
  Closing TakeVictims(size_t keep) SIGHTLINE_REQUIRES(mutex_);
  void Close(Closing victims) SIGHTLINE_EXCLUDES(mutex_);
  Result<std::shared_ptr<DayDatabase>> OpenDatabase(Day day) SIGHTLINE_EXCLUDES(mutex_);
  // Brings the day's mark up to what the day says, and notes what it should have said.
  void CompareMark(const DayDatabase& database) SIGHTLINE_EXCLUDES(mutex_);

  const std::filesystem::path path_;
  const std::shared_ptr<SharedResources> shared_;
  const size_t max_open_days_;
  DayMarks& marks_;
  mutable Mutex mutex_;
  ConditionVariable settled_;
  uint64_t uses_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  std::set<Day> on_disk_ SIGHTLINE_GUARDED_BY(mutex_);
  std::map<Day, Entry> entries_ SIGHTLINE_GUARDED_BY(mutex_);
  std::set<Day> unpurged_ SIGHTLINE_GUARDED_BY(mutex_);
  std::map<Day, std::string> set_aside_ SIGHTLINE_GUARDED_BY(mutex_);
  std::map<Day, uint64_t> losses_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::storage
