// An index::ColumnIndex that keeps no columns: it asks every record. What the real one is compared
// with, and a stand-in whose estimates a test chooses.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/mutex.h"
#include "index/column_index.h"
#include "storage/store.h"

namespace sightline::testing {

// What EstimateRows says; all are estimates from above.
enum class Estimates {
  kExact,     // as many rows as pass
  kVersions,  // every version of the day, whatever is asked
};

// Requires days that were never sealed: what is in segments, it does not see. Thread-safe.
class PlainColumns final : public index::ColumnIndex {
 public:
  // `store` outlives the object.
  PlainColumns(storage::Store& store, Estimates estimates) : store_(store), estimates_(estimates) {}

  Result<std::shared_ptr<const index::DayColumns>> Open(Day day,
                                                        const Cancellation& cancellation) override;
  Result<bool> SealOnce(Day, TimestampMs, bool, const Cancellation&) override { return false; }
  Result<bool> BuildGraphOnce(Day, TimestampMs, bool, int, const std::function<void(double)>&,
                              const Cancellation&) override {
    return false;
  }
  Status Rebuild(Day, const std::string&, const std::string&, const Cancellation&) override {
    return NotFound("there are no segments");
  }
  void Forget(Day) override {}
  std::vector<SegmentStats> Segments(Day) const override { return {}; }
  std::vector<DayStats> GetStats() const override { return {}; }

 private:
  // As read when the day's log ended at `log_end`.
  struct Read {
    uint64_t log_end = 0;
    std::shared_ptr<const index::DayColumns> columns;
  };

  storage::Store& store_;
  const Estimates estimates_;
  Mutex mutex_;
  std::map<Day, Read> days_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::testing
