// What is known of every day without opening it, kept in the catalog.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "core/mutex.h"
#include "storage/catalog.h"

namespace sightline::storage {

// Operation: marks follow the days' states in memory and are saved about once a second without a
// sync; only what a crash must not forget (dirty, not sealed, deleting) is synced at once.
// Thread-safe.
class DayMarks {
 public:
  explicit DayMarks(Catalog& catalog) : catalog_(catalog) {}

  Status Load() SIGHTLINE_EXCLUDES(mutex_);
  std::map<Day, DayMark> All() const SIGHTLINE_EXCLUDES(mutex_);
  std::optional<DayMark> Find(Day day) const SIGHTLINE_EXCLUDES(mutex_);

  // `state` is durable in the day.
  void Update(Day day, const DayState& state) SIGHTLINE_EXCLUDES(mutex_);
  // What the mark must no longer say once something is written into the days: that segments hold all
  // they have, and where it may bring uncounted readings, that they are clean. Durable on return;
  // free for days whose marks do not say it.
  Status MarkWritten(std::span<const Day> days, bool uncounted) SIGHTLINE_EXCLUDES(mutex_);
  void MarkClean(Day day) SIGHTLINE_EXCLUDES(mutex_);
  // Nothing is written into the day meanwhile.
  void MarkSealed(Day day, bool sealed) SIGHTLINE_EXCLUDES(mutex_);
  // Durable on return.
  Status MarkDeleting(Day day) SIGHTLINE_EXCLUDES(mutex_);
  Status Forget(Day day) SIGHTLINE_EXCLUDES(mutex_);

  // Writes the marks that changed since the last call.
  Status Save() SIGHTLINE_EXCLUDES(mutex_);

 private:
  Catalog& catalog_;
  mutable Mutex mutex_;
  std::map<Day, DayMark> marks_ SIGHTLINE_GUARDED_BY(mutex_);
  std::set<Day> unsaved_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::storage
