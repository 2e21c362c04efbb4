// What the index holds of one day: its sealed segments, and what is newer in memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/mutex.h"
#include "core/time.h"
#include "index/column_index.h"
#include "index/feed.h"
#include "index/merge_policy.h"
#include "index/segment.h"

namespace sightline::index {

// Operation: rows of the day's log become small segments in memory, merged as they grow in number;
// a seal writes all of them to one file. Files and memory never hold a row twice: under the lock,
// what is committed to the feed and what is held change together.
//
// Concurrency: thread-safe. Open waits for another's reading and for the commit of a seal, not for
// the writing of its file. SealOnce reads in small steps and lets those who wait go first: it may
// run at a lower priority than they do.
class DaySegments {
 public:
  // All outlive it. `unsealed_rows` counts those of all days.
  DaySegments(Day day, Feed& feed, const ColumnIndexOptions& options,
              std::atomic<uint64_t>& unsealed_rows);
  ~DaySegments();
  DaySegments(const DaySegments&) = delete;
  DaySegments& operator=(const DaySegments&) = delete;

  // As ColumnIndex's.
  Result<std::shared_ptr<const DayColumns>> Open(const Cancellation& cancellation);
  Result<bool> SealOnce(TimestampMs now, bool force, const Cancellation& cancellation);

  // The day is gone: nothing is read or committed any more.
  void Forget();

  // Does not wait for reading.
  ColumnIndex::DayStats Stats() const;

 private:
  struct SealedSegment {
    std::string name;
    std::shared_ptr<const Segment> segment;
  };

  // Why a segment may be written.
  enum class Occasion {
    kDue,      // enough rows, or quiet for long enough
    kForced,   // as soon as there is anything to seal or merge
    kBacklog,  // more rows than a reader should hold in memory; nothing is merged
  };

  // Segments to be written into one file.
  struct Job {
    std::vector<std::shared_ptr<const Segment>> sources;
    uint64_t sealed_to = 0;
    bool seals = false;  // else it merges files
    std::vector<std::string> removed;
    uint64_t generation = 0;
    std::shared_ptr<const DayFeed> feed;
  };

  Result<bool> WriteOnce(Occasion occasion, TimestampMs now, const Cancellation& cancellation)
      SIGHTLINE_EXCLUDES(mutex_);

  // Brings what is held up to the feed, but for a backlog: stops once `unsealed_limit` rows are in
  // memory. Null when the day holds nothing.
  Result<std::shared_ptr<const DayFeed>> Follow(uint64_t unsealed_limit,
                                                const Cancellation& cancellation)
      SIGHTLINE_REQUIRES(mutex_);
  // Starts anew from the day's list. kCorruption or kNotFound: a segment cannot be used.
  Status Load(const DayFeed& feed) SIGHTLINE_REQUIRES(mutex_);
  Status ReadLog(const DayFeed& feed, uint64_t unsealed_limit, const Cancellation& cancellation)
      SIGHTLINE_REQUIRES(mutex_);
  Status MergeUnsealed() SIGHTLINE_REQUIRES(mutex_);
  void Drop() SIGHTLINE_REQUIRES(mutex_);

  // What is to be done; no sources: nothing.
  Job NextJob(Occasion occasion, TimestampMs now) SIGHTLINE_REQUIRES(mutex_);
  bool IsSealDue(Occasion occasion, TimestampMs now) const SIGHTLINE_REQUIRES(mutex_);
  MergeEagerness Eagerness(Occasion occasion, TimestampMs now) const SIGHTLINE_REQUIRES(mutex_);
  Status Run(const Job& job, const Cancellation& cancellation) SIGHTLINE_REQUIRES(sealing_);
  Status Commit(const Job& job, SealedSegment written) SIGHTLINE_REQUIRES(sealing_, mutex_);

  // Reads on in steps, readers between them first. Null when the day holds nothing.
  Result<std::shared_ptr<const DayFeed>> FollowBehindReaders(const Cancellation& cancellation)
      SIGHTLINE_REQUIRES(mutex_);

  uint64_t UnsealedRows() const SIGHTLINE_REQUIRES(mutex_);
  uint64_t BacklogRows() const;
  void PublishStats() SIGHTLINE_REQUIRES(mutex_);

  const Day day_;
  Feed& feed_;
  const ColumnIndexOptions& options_;
  std::atomic<uint64_t>& all_unsealed_rows_;

  Mutex sealing_;  // held while a file is written; taken before mutex_

  // Readers that wait for mutex_; counted before, and no longer once they have it.
  std::atomic<uint32_t> waiting_readers_ = 0;

  Mutex mutex_;
  ConditionVariable no_reader_waits_;
  bool forgotten_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  bool loaded_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  // Counts starts anew: a job that began before one is void.
  uint64_t generation_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  uint64_t sealed_to_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  uint64_t read_to_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  std::vector<SealedSegment> sealed_ SIGHTLINE_GUARDED_BY(mutex_);
  // Those of a running seal first: `frozen_` of them stay as they are.
  std::vector<std::shared_ptr<const Segment>> unsealed_ SIGHTLINE_GUARDED_BY(mutex_);
  size_t frozen_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  // When SealOnce first saw the day read up to `grown_to_`.
  std::optional<uint64_t> grown_to_ SIGHTLINE_GUARDED_BY(mutex_);
  TimestampMs grown_at_ SIGHTLINE_GUARDED_BY(mutex_);

  mutable Mutex stats_mutex_;
  ColumnIndex::DayStats stats_ SIGHTLINE_GUARDED_BY(stats_mutex_);
};

}  // namespace sightline::index
