// Turns what the days have logged into sealed segments, in the background.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/background_work.h"
#include "core/cancellation.h"
#include "core/clock.h"
#include "index/column_index.h"
#include "storage/store.h"

namespace sightline::ingest {

struct SealerOptions {
  // How often the days are looked at, in milliseconds.
  int64_t period_ms = 500;
  // Share of one processor that sealing and merging may use while rows arrive, (0, 1].
  double busy_share = 0.5;
};

// Operation: one thread of low priority, from construction on. Every period it goes over the days
// that have rows in no segment, and has the index seal or merge what is due. While sightings arrive
// it rests after each piece of work, so that it takes no more than its share.
//
// Limitations: a failure is logged and the day tried again; answers are right meanwhile, since what
// is not sealed is read from the day's log.
//
// Concurrency: all methods are thread-safe.
class Sealer {
 public:
  // All outlive the sealer.
  Sealer(storage::Store& store, index::ColumnIndex& index, const Clock& clock,
         const SealerOptions& options);
  // Stops after the piece of work at hand, which it cancels.
  ~Sealer() = default;

  struct Stats {
    uint64_t segments_written = 0;
    uint64_t failures = 0;
    double busy_seconds = 0;
  };
  Stats GetStats() const;

 private:
  void Work();
  // Seals and merges what is due of a day.
  void WorkOn(Day day);

  storage::Store& store_;
  index::ColumnIndex& index_;
  const Clock& clock_;
  const SealerOptions options_;

  std::atomic<uint64_t> segments_written_{0};
  std::atomic<uint64_t> failures_{0};
  std::atomic<int64_t> busy_microseconds_{0};
  Sequence last_seen_ = 0;  // of the thread alone

  BackgroundWork background_;  // last: it uses the others
};

// Seals everything at once, the last rows too: after a bulk load. Graphs over it are pending then
// (BuildAllGraphs, GraphBuilder). Stops at the first error.
Status SealAll(storage::Store& store, index::ColumnIndex& index, const Clock& clock,
               const Cancellation& cancellation);

}  // namespace sightline::ingest
