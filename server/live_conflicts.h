// The check for cloned plates while sightings arrive.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/mutex.h"
#include "core/time.h"
#include "ingest/committed_reading.h"
#include "query/camera_fault.h"
#include "server/clone_analysis.h"
#include "server/conflict_book.h"
#include "server/last_readings.h"
#include "server/sweep_ledger.h"
#include "storage/store.h"

namespace sightline::server {

struct LiveCheckOptions {
  // Plates whose last reading is remembered; 48 bytes each. 0: nothing is checked.
  size_t plates = 1'048'576;
};

// Operation: one thread compares each reading with the last one of its plate by the travel times in
// force, cameras' known clock faults allowed for. What excludes each other, what comes out of order,
// and every reading of a plate with a confirmed conflict goes to a second thread, which judges the
// plate by its readings of a day around and of what was judged before, and enters what it finds into
// the book. One plate that conflicts again and again is judged every kAgain, a confirmed one at once.
// At start the last hours are read from what is stored.
//
// Limitations: when readings come faster than they can be checked, or conflicts faster than they can
// be judged, the rest is counted and left to the next sweep, which finds the same and more. So are
// conflicts with a camera at which so much conflicts that the camera will be at fault.
//
// Concurrency: all methods are thread-safe; Offer never waits for a check.
class LiveConflicts {
 public:
  static constexpr std::chrono::seconds kAgain{10};

  // All outlive the object.
  LiveConflicts(storage::Store& store, CloneAnalysis& analysis, ConflictBook& book,
                const SweepLedger& ledger, const LiveCheckOptions& options);
  ~LiveConflicts();  // cuts short what is at hand

  // Readings that have just become durable; takes them.
  void Offer(std::span<ingest::CommittedReading> readings);

  // Judges the plate anew where it has a conflict: a reading of it was corrected.
  void Recheck(std::string_view plate);

  struct Stats {
    uint64_t checked = 0;
    uint64_t judged = 0;
    uint64_t raised = 0;   // conflicts that were not known before
    uint64_t skipped = 0;  // readings and plates left to the next sweep
    size_t queued = 0;     // readings that wait
    double longest_s = 0;  // from Offer to the book, of the last hundred that were raised
  };
  Stats GetStats() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Batch {
    std::vector<ingest::CommittedReading> readings;
    Clock::time_point offered;
  };
  // A plate that is to be judged.
  struct Suspect {
    Interval times;        // of the readings that raised it
    bool certain = false;  // else it is looked whether anything excludes each other at all
    bool at_once = false;  // however lately it was judged
    Clock::time_point offered;
    Clock::time_point due;
  };
  // How much of what a camera reads conflicts, the older half as much as the newer.
  struct CameraRecord {
    double readings = 0;
    double conflicts = 0;
    bool is_doubtful() const { return conflicts >= 20 && conflicts >= 0.2 * readings; }
  };

  void CheckLoop();
  void JudgeLoop();
  void Warm();
  void Check(const ingest::CommittedReading& reading, Clock::time_point offered);
  bool IsLeftToSweeps(uint32_t camera_a, uint32_t camera_b);
  void Suspected(const std::string& plate, Suspect suspect) SIGHTLINE_EXCLUDES(mutex_);
  std::optional<std::pair<std::string, Suspect>> TakeDue() SIGHTLINE_EXCLUDES(mutex_);
  void Judge(const std::string& plate, const Suspect& suspect);
  Result<bool> JudgeNow(const std::string& plate, const Suspect& suspect);
  // As the camera's clock would have shown had it been right; none: its place is wrong.
  std::optional<query::PlateReading> Righted(const query::PlateReading& reading,
                                             const query::CameraFaults& faults) const;

  storage::Store& store_;
  CloneAnalysis& analysis_;
  ConflictBook& book_;
  const SweepLedger& ledger_;
  const LiveCheckOptions options_;
  const Sequence started_;  // what comes later is offered
  Cancellation cancellation_;

  // Of the thread that checks.
  LastReadings last_;
  std::unordered_map<uint32_t, CameraRecord> cameras_;
  query::CameraFaults faults_;
  std::shared_ptr<const query::TravelTimes> travel_times_;

  mutable Mutex mutex_;
  ConditionVariable arrived_;
  ConditionVariable suspected_;
  bool stopping_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  std::deque<Batch> queue_ SIGHTLINE_GUARDED_BY(mutex_);
  size_t queued_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Suspect> suspects_ SIGHTLINE_GUARDED_BY(mutex_);
  std::set<std::pair<Clock::time_point, std::string>> due_ SIGHTLINE_GUARDED_BY(mutex_);
  std::unordered_map<std::string, Clock::time_point> judged_ SIGHTLINE_GUARDED_BY(mutex_);
  std::deque<double> latencies_ SIGHTLINE_GUARDED_BY(mutex_);
  Stats stats_ SIGHTLINE_GUARDED_BY(mutex_);

  std::thread checker_;
  std::thread judge_;
};

}  // namespace sightline::server
