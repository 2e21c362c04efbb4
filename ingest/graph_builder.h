// Builds the graphs that image search walks, in the background.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>

#include "core/background_work.h"
#include "core/clock.h"
#include "index/column_index.h"
#include "ingest/load_gauge.h"
#include "storage/store.h"

namespace sightline::ingest {

struct GraphBuilderOptions {
  // How often it is looked for graphs that are due, in milliseconds.
  int64_t period_ms = 500;
  // Threads that build. 0: one a processor.
  int threads = 0;
  // Share of one processor that building may use, all threads together, while sightings arrive or
  // questions run; in (0, 1]. It has all processors while nothing else runs.
  double busy_share = 0.1;
  // A day that has changed is looked at for so long, in milliseconds: some graphs are due only
  // once their day is quiet.
  int64_t settle_ms = 600'000;
};

// Operation: one thread of lowest priority, from construction on, and those that it builds with.
// Days that were sealed, and days found with vectors in no graph, are looked at, the latest first,
// until nothing has been due for a while. Which those are is durable, so that after a start no
// other day need be opened.
//
// Limitations: a failure is logged and the day tried again a minute later; answers are right
// meanwhile, since vectors in no graph are all compared.
//
// Concurrency: all methods are thread-safe.
class GraphBuilder {
 public:
  // All outlive the builder. `questions_run`: whether anybody waits for the processors; thread-safe
  // and quick.
  GraphBuilder(storage::Store& store, index::ColumnIndex& index, const Clock& clock,
               const GraphBuilderOptions& options, std::function<bool()> questions_run);
  // Cancels the graph at hand: it is begun anew after the next start.
  ~GraphBuilder() = default;

  struct Stats {
    uint64_t graphs_built = 0;
    uint64_t failures = 0;
    double build_seconds = 0;  // of all graphs that were built
    size_t days_pending = 0;   // that are looked at
  };
  Stats GetStats() const;

 private:
  struct Pending {
    TimestampMs changed;     // when the day was last seen to change
    TimestampMs not_before;  // after a failure
  };

  void Load();
  void Work();
  // Days that are about to get segments, or have got some with vectors in no graph.
  void NoteChanges(TimestampMs now);
  void Remember(Day day, TimestampMs now);
  void ForgetSettled(Day day, TimestampMs now);
  // Whether a graph was built: there may be more.
  bool BuildOne(Day day, Pending& pending);
  // Keeps a thread that builds to its share.
  void Pace();

  storage::Store& store_;
  index::ColumnIndex& index_;
  const Clock& clock_;
  const GraphBuilderOptions options_;
  const int threads_;
  LoadGauge load_;

  // Of the thread alone.
  bool loaded_ = false;
  std::map<Day, Pending> pending_;
  std::map<Day, uint64_t> ungraphed_;  // vectors, when they were last counted

  std::atomic<uint64_t> graphs_built_{0};
  std::atomic<uint64_t> failures_{0};
  std::atomic<int64_t> build_microseconds_{0};
  std::atomic<size_t> days_pending_{0};

  BackgroundWork background_;  // last: it uses the others
};

// Notes durably that the day may lack graphs, for a GraphBuilder to find, now or after a start.
Status NotePendingGraphs(storage::Store& store, Day day);

// Where BuildAllGraphs has come to.
struct GraphProgress {
  Day day;
  size_t graphs_built = 0;  // over all days
  double share = 0;         // of the graph at hand, in [0, 1]
};

// Builds every graph that is missing, at once: after a bulk load. On `threads` threads (0: one a
// processor). `progress` comes from those, one at a time; it may be null. Stops at the first error.
Status BuildAllGraphs(storage::Store& store, index::ColumnIndex& index, const Clock& clock,
                      int threads, const std::function<void(const GraphProgress&)>& progress,
                      const Cancellation& cancellation);

}  // namespace sightline::ingest
