// An index that does as a test tells it, and remembers what it was asked for.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/mutex.h"
#include "index/column_index.h"
#include "tests/support/memory_store.h"
#include "tests/unit/ingest/fixed_clock.h"

namespace sightline::ingest {

inline constexpr Day kFirst{100};
inline constexpr Day kSecond{101};

// Has what days it is told, sealed or not, whatever is in it.
class DaysStore final : public testing::MemoryStore {
 public:
  explicit DaysStore(std::vector<Day> days) : DaysStore(days, days) {}
  DaysStore(std::vector<Day> days, std::vector<Day> unsealed)
      : days_(std::move(days)), unsealed_(std::move(unsealed)) {}

  std::vector<Day> UnsealedDays() const override {
    const MutexLock lock(mutex_);
    return unsealed_;
  }
  std::vector<Day> Days() const override { return days_; }

  void SealEverything() {
    const MutexLock lock(mutex_);
    unsealed_.clear();
  }

 private:
  const std::vector<Day> days_;
  mutable Mutex mutex_;
  std::vector<Day> unsealed_ SIGHTLINE_GUARDED_BY(mutex_);
};

// One kind of work: has so many pieces of it a day, and counts those that were asked for.
class ScriptedWork {
 public:
  explicit ScriptedWork(std::map<Day, int> pieces) : pieces_(std::move(pieces)) {}

  Result<bool> Do(Day day, bool force, const Cancellation& cancellation) {
    const MutexLock lock(mutex_);
    forced_ = force;
    ++calls_[day];
    changed_.NotifyAll();
    if (day == blocked_) {
      while (cancellation.Check()) changed_.WaitFor(mutex_, std::chrono::milliseconds(1));
      return cancellation.Check().error();
    }
    if (day == failing_ && calls_[day] == 1) return Error{ErrorCode::kIo, "no such disk", {}};
    if (pieces_[day] == 0) return false;
    --pieces_[day];
    return true;
  }

  void FailOnceAt(Day day) {
    const MutexLock lock(mutex_);
    failing_ = day;
  }
  void BlockAt(Day day) {
    const MutexLock lock(mutex_);
    blocked_ = day;
  }
  void Add(Day day, int pieces) {
    const MutexLock lock(mutex_);
    pieces_[day] += pieces;
  }
  void WaitForCalls(Day day, int calls) {
    const MutexLock lock(mutex_);
    while (calls_[day] < calls) changed_.Wait(mutex_);
  }
  int calls(Day day) {
    const MutexLock lock(mutex_);
    return calls_[day];
  }
  int left(Day day) {
    const MutexLock lock(mutex_);
    return pieces_[day];
  }
  bool forced() {
    const MutexLock lock(mutex_);
    return forced_;
  }

 private:
  Mutex mutex_;
  ConditionVariable changed_;
  std::map<Day, int> pieces_ SIGHTLINE_GUARDED_BY(mutex_);
  std::map<Day, int> calls_ SIGHTLINE_GUARDED_BY(mutex_);
  std::optional<Day> failing_ SIGHTLINE_GUARDED_BY(mutex_);
  std::optional<Day> blocked_ SIGHTLINE_GUARDED_BY(mutex_);
  bool forced_ SIGHTLINE_GUARDED_BY(mutex_) = false;
};

class ScriptedIndex final : public index::ColumnIndex {
 public:
  explicit ScriptedIndex(std::map<Day, int> to_seal, std::map<Day, int> to_graph = {})
      : seals(std::move(to_seal)), graphs(std::move(to_graph)) {}

  Result<std::shared_ptr<const index::DayColumns>> Open(Day, const Cancellation&) override {
    return std::shared_ptr<const index::DayColumns>();
  }
  Result<bool> SealOnce(Day day, TimestampMs, bool force,
                        const Cancellation& cancellation) override {
    return seals.Do(day, force, cancellation);
  }
  Result<bool> BuildGraphOnce(Day day, TimestampMs, bool force, int threads,
                              const std::function<void(double)>& pace,
                              const Cancellation& cancellation) override {
    EXPECT_GE(threads, 1);
    if (while_building) while_building(pace);
    return graphs.Do(day, force, cancellation);
  }
  Status Rebuild(Day, const std::string&, const std::string&, const Cancellation&) override {
    return Ok();
  }
  void Forget(Day) override {}
  std::vector<SegmentStats> Segments(Day) const override { return {}; }
  std::vector<DayStats> GetStats() const override {
    const MutexLock lock(mutex_);
    return stats_;
  }

  void SetStats(std::vector<DayStats> stats) {
    const MutexLock lock(mutex_);
    stats_ = std::move(stats);
  }

  ScriptedWork seals;
  ScriptedWork graphs;
  // Called by each BuildGraphOnce with its `pace`; set before it runs.
  std::function<void(const std::function<void(double)>&)> while_building;

 private:
  mutable Mutex mutex_;
  std::vector<DayStats> stats_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::ingest
