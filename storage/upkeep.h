// The store's background work: merging, moving, flushing, recovering.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "core/mutex.h"
#include "storage/row_writer.h"

namespace sightline::storage {

// One thread from construction to Stop. Failures are logged and tried again.
class Upkeep {
 public:
  Upkeep(const RowWriter::Parts& parts, RowWriter& writer, SharedResources& shared,
         const StoreOptions& options);
  ~Upkeep() { Stop(); }

  void Stop() SIGHTLINE_EXCLUDES(mutex_);

 private:
  using Instant = std::chrono::steady_clock::time_point;

  void Run() SIGHTLINE_EXCLUDES(mutex_);
  bool stopping() const SIGHTLINE_EXCLUDES(mutex_);
  // A start replays logs without writing files; written now, the next start finds them done.
  void FlushReplayed() SIGHTLINE_EXCLUDES(mutex_);
  void MergePlates(Instant now);
  void MoveHeldRows(Instant now);
  Status MoveFullest(size_t down_to);
  void FreeMemory();
  void SaveMarks(Instant now);
  void ResumeWrites(Instant now);

  const RowWriter::Parts parts_;
  RowWriter& writer_;
  SharedResources& shared_;
  const StoreOptions options_;

  // Of the thread alone.
  Instant last_merge_;
  Instant last_save_;
  Instant last_resume_;
  Instant last_append_;
  Sequence last_seen_ = 0;
  bool inbox_to_compact_ = false;

  mutable Mutex mutex_;
  ConditionVariable stop_;
  bool stopping_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace sightline::storage
