// What the index holds of one day: its sealed segments with their graphs, and what is newer in
// memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/mutex.h"
#include "core/time.h"
#include "index/column_index.h"
#include "index/feed.h"
#include "index/graph_file.h"
#include "index/merge_policy.h"
#include "index/search_threads.h"
#include "index/segment.h"
#include "index/segment_writer.h"

namespace sightline::index {

// What all days of an index share.
struct IndexShared {
  std::atomic<uint64_t> unsealed_rows = 0;
  std::atomic<uint64_t> unsealed_bytes = 0;
  std::shared_ptr<SearchThreads> threads;
};

// Operation: rows of the day's log become small segments in memory, merged as they grow in number;
// a seal writes all of them to one file. Files and memory never hold a row twice: under the lock,
// what is committed to the feed and what is held change together. Graphs are built beside that, over
// sealed segments that no merge has taken.
//
// Concurrency: thread-safe. Open waits for another's reading and for the commit of a seal, not for
// the writing of its file. SealOnce reads in small steps and lets those who wait go first: it may
// run at a lower priority than they do.
class DaySegments {
 public:
  // All outlive it.
  DaySegments(Day day, Feed& feed, const ColumnIndexOptions& options, IndexShared& shared);
  ~DaySegments();
  DaySegments(const DaySegments&) = delete;
  DaySegments& operator=(const DaySegments&) = delete;

  // As ColumnIndex's.
  Result<std::shared_ptr<const DayColumns>> Open(const Cancellation& cancellation);
  Result<bool> SealOnce(TimestampMs now, bool force, const Cancellation& cancellation);
  Result<bool> BuildGraphOnce(TimestampMs now, bool force, int threads,
                              const std::function<void(double)>& pace,
                              const Cancellation& cancellation);
  Status Rebuild(const std::string& segment, const std::string& space,
                 const Cancellation& cancellation);

  // The day is gone: nothing is read or committed any more.
  void Forget();

  // These do not wait for reading.
  ColumnIndex::DayStats Stats() const;
  std::vector<ColumnIndex::SegmentStats> SegmentStats() const;

 private:
  struct SealedSegment {
    std::string name;
    GraphedSegment content;
    std::optional<TimestampMs> written;  // nullopt: it was there at the start
  };

  // Why a segment may be written.
  enum class Occasion {
    kDue,      // enough rows, or quiet for long enough
    kForced,   // as soon as there is anything to seal or merge
    kBacklog,  // more rows than a reader should hold in memory; nothing is merged
  };

  // Unsealed rows beyond which none are read.
  struct Limit {
    uint64_t rows = 0;
    uint64_t bytes = 0;
  };

  // Segments to be written into one file.
  struct Job {
    std::vector<std::shared_ptr<const Segment>> sources;
    uint64_t sealed_to = 0;
    bool seals = false;  // else it merges files
    std::vector<std::string> merged;
    uint64_t generation = 0;
    TimestampMs now;
    std::shared_ptr<const DayFeed> feed;
  };

  // A graph to be built.
  struct GraphJob {
    GraphSubject subject;
    std::shared_ptr<const Segment> segment;
    uint64_t generation = 0;
    std::shared_ptr<const DayFeed> feed;
  };

  // day_segments.cpp: following the log.

  // Brings what is held up to the feed, but for a backlog: stops once `limit` is reached. Null when
  // the day holds nothing.
  Result<std::shared_ptr<const DayFeed>> Follow(Limit limit, const Cancellation& cancellation)
      SIGHTLINE_REQUIRES(mutex_);
  // Starts anew from the day's list. kCorruption or kNotFound: a segment cannot be used.
  Status Load(const DayFeed& feed) SIGHTLINE_REQUIRES(mutex_);
  // Graphs that cannot be used are dropped from the day's list.
  void LoadGraphs(const DayFeed& feed) SIGHTLINE_REQUIRES(mutex_);
  Status ReadLog(const DayFeed& feed, Limit limit, const Cancellation& cancellation)
      SIGHTLINE_REQUIRES(mutex_);
  Status MergeUnsealed() SIGHTLINE_REQUIRES(mutex_);
  void Drop() SIGHTLINE_REQUIRES(mutex_);
  // Reads on in steps, readers between them first. Null when the day holds nothing.
  Result<std::shared_ptr<const DayFeed>> FollowBehindReaders(const Cancellation& cancellation)
      SIGHTLINE_REQUIRES(mutex_);

  bool IsWithin(Limit limit) const SIGHTLINE_REQUIRES(mutex_);
  Limit SealLimit() const { return {options_.seal_rows, options_.seal_bytes}; }
  Limit BacklogLimit() const;
  uint64_t UnsealedRows() const SIGHTLINE_REQUIRES(mutex_);
  uint64_t UnsealedBytes() const SIGHTLINE_REQUIRES(mutex_);
  // After every change of what is held.
  void PublishStats() SIGHTLINE_REQUIRES(mutex_);

  // day_sealing.cpp: writing segments.

  Result<bool> WriteOnce(Occasion occasion, TimestampMs now, const Cancellation& cancellation)
      SIGHTLINE_EXCLUDES(mutex_);
  // What is to be done; no sources: nothing.
  Job NextJob(Occasion occasion, TimestampMs now) SIGHTLINE_REQUIRES(mutex_);
  bool IsSealDue(Occasion occasion, TimestampMs now) const SIGHTLINE_REQUIRES(mutex_);
  MergeEagerness Eagerness(Occasion occasion, TimestampMs now) const SIGHTLINE_REQUIRES(mutex_);
  // Indices into sealed_, without those that are written anew or being given a graph.
  std::vector<size_t> PickSealed(MergeEagerness eagerness) const SIGHTLINE_REQUIRES(mutex_);
  Status Run(const Job& job, const Cancellation& cancellation) SIGHTLINE_EXCLUDES(mutex_);
  Status Commit(const Job& job, const std::string& name, std::shared_ptr<const Segment> written)
      SIGHTLINE_REQUIRES(mutex_);
  // Commits a segment in the place of others, whose graphs go too. What is held is dropped where
  // that fails.
  Status Replace(const std::vector<std::string>& segments, uint64_t sealed_to,
                 const std::string& name, std::shared_ptr<const Segment> written, TimestampMs now)
      SIGHTLINE_REQUIRES(mutex_);
  // The file goes only where the day does not list it.
  void RemoveUnlisted(const std::filesystem::path& path) SIGHTLINE_REQUIRES(mutex_);
  void NoteGrowth(TimestampMs now) SIGHTLINE_REQUIRES(mutex_);

  // day_graphs.cpp: building graphs, and writing segments anew.

  // What is to be built, which is marked as being built.
  std::optional<GraphJob> NextGraph(TimestampMs now, bool idle, bool force)
      SIGHTLINE_REQUIRES(mutex_);
  // Whether the graph is listed: not where its segment went meanwhile.
  Result<bool> RunGraph(const GraphJob& job, const GraphOptions& options,
                        const Cancellation& cancellation) SIGHTLINE_EXCLUDES(mutex_);
  Result<bool> CommitGraph(const GraphJob& job, std::shared_ptr<const GraphFile> written)
      SIGHTLINE_REQUIRES(mutex_);
  Status DropGraph(SealedSegment& sealed, const std::string& space) SIGHTLINE_REQUIRES(mutex_);
  // Writes a segment of the same versions, read from the feed.
  Status WriteAnew(const Segment& segment, const DayFeed& feed, const std::filesystem::path& path,
                   const Cancellation& cancellation) SIGHTLINE_EXCLUDES(mutex_);
  // Whether all is sealed, and has been for a while.
  bool IsIdle(const DayFeed& feed, TimestampMs now) const SIGHTLINE_REQUIRES(mutex_);
  SealedSegment* FindSealed(const std::string& name) SIGHTLINE_REQUIRES(mutex_);

  const Day day_;
  Feed& feed_;
  const ColumnIndexOptions& options_;
  IndexShared& shared_;

  Mutex sealing_;  // held while a seal or a merge is written; taken before mutex_

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
  // Of what is counted in shared_.
  Limit counted_ SIGHTLINE_GUARDED_BY(mutex_);
  // Names of sealed segments that are being merged or written anew: they get no graph, and are in
  // no other merge.
  std::set<std::string> rewritten_ SIGHTLINE_GUARDED_BY(mutex_);
  // Segments and spaces whose graph is being built: they are merged once it is there.
  std::set<std::pair<std::string, std::string>> building_ SIGHTLINE_GUARDED_BY(mutex_);
  // When SealOnce first saw the day read up to `grown_to_`.
  std::optional<uint64_t> grown_to_ SIGHTLINE_GUARDED_BY(mutex_);
  TimestampMs grown_at_ SIGHTLINE_GUARDED_BY(mutex_);

  mutable Mutex stats_mutex_;
  ColumnIndex::DayStats stats_ SIGHTLINE_GUARDED_BY(stats_mutex_);
  std::vector<ColumnIndex::SegmentStats> segment_stats_ SIGHTLINE_GUARDED_BY(stats_mutex_);
};

}  // namespace sightline::index
