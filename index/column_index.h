// The columns of every sighting, day by day: sealed segments on disk and what is newer in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"
#include "index/day_readings.h"
#include "index/feed.h"
#include "index/nearest.h"

namespace sightline::index {

class DayGroups;  // index/group_counts.h
struct GroupBy;
struct TimeCell;

struct ColumnIndexOptions {
  // A day's unsealed versions become a segment when there are this many ...
  size_t seal_rows = 262'144;
  // ... or they take so much memory ...
  uint64_t seal_bytes = uint64_t{256} << 20;
  // ... or none was added for this long.
  int64_t seal_idle_ms = 30'000;
  // Segments are merged up to this many rows.
  size_t max_segment_rows = 4'194'304;
  // With more unsealed rows than this over all days, or more bytes of them, days are sealed before
  // they are due.
  uint64_t max_unsealed_rows = 4'194'304;
  uint64_t max_unsealed_bytes = uint64_t{1} << 30;
  // Days whose columns are kept ready. What is ready is mapped from files, so that memory is the
  // page cache's; unsealed rows cost about 60 bytes each, and their vectors.
  size_t max_ready_days = 400;
  // A segment with fewer vectors of a space than this gets no graph over them: all are compared.
  size_t graph_vectors = 20'000;
  // Threads that a search for the nearest rows may use beside its own while no other runs.
  // Default: one less than processors.
  std::optional<size_t> search_threads;
};

// What rows must fulfil. A row that passes may still have to be looked at (nothing here is decided
// on more than the columns hold), one that does not pass is none of the answer.
struct ColumnQuery {
  uint32_t from_ms = 0;           // of day, inclusive
  uint32_t to_ms = 86'400'000;    // exclusive
  Sequence as_of = 0;             // versions in force there alone
  TimeOrder order = TimeOrder::kDescending;
  std::optional<std::vector<uint32_t>> cameras;       // numbers, ascending
  std::string plate_pattern;                          // normalised; empty: any
  std::optional<std::vector<std::string>> plates;     // one of these, ascending byte order
  std::vector<AttributeCondition> attributes;
  std::function<bool(const Position&)> place;         // null: any place or none
};

struct ScanCost {
  uint64_t segments = 0;      // looked into
  uint64_t rows_scanned = 0;  // whose columns were compared
  uint64_t rows_pruned = 0;   // passed over by block or by plate table, unseen
};

// A running scan of one day. Not thread-safe; keeps the day open.
class ColumnScan {
 public:
  virtual ~ColumnScan() = default;

  // The next rows in order of time, at least `limit` of them where there are so many; rows of one
  // millisecond come in one batch, in no particular order. Empty: the end.
  virtual Result<std::vector<RowKey>> Next(size_t limit, const Cancellation& cancellation) = 0;

  virtual const ScanCost& cost() const = 0;
};

// A plate of a day and how many of its versions bear it; how far it is from what was asked (0 where
// nothing was).
struct DayPlate {
  std::string plate;
  uint32_t versions = 0;
  int distance = 0;
};

// The columns of one day at one instant. Immutable, thread-safe; keeps the day open.
class DayColumns {
 public:
  virtual ~DayColumns() = default;

  virtual std::unique_ptr<ColumnScan> Scan(const ColumnQuery& query) const = 0;

  // How many versions the columns hold: the scale of a scan's cost.
  virtual uint64_t rows() const = 0;

  // An estimate from above of how many rows pass the query, from counts of codes alone; cheap (no
  // scan). What a planner compares.
  virtual uint64_t EstimateRows(const ColumnQuery& query) const = 0;

  // For each vector of `nearest` its rows among those that surely pass `rows`, nearest first, then
  // in order of (time, camera number, identity): fewer than k only where fewer pass, and k of those
  // where more are as near as the last. `rows.place` and `rows.as_of` count too. A space without
  // vectors in this day is an empty answer.
  virtual Result<std::vector<std::vector<NearRow>>> Nearest(
      const NearestQuery& nearest, const ColumnQuery& rows, NearestCost& cost,
      const Cancellation& cancellation) const = 0;

  // How many of the rows that surely pass `query` bear each of its `plates`, which are given.
  virtual Result<std::vector<uint64_t>> CountByPlate(const ColumnQuery& query,
                                                     const Cancellation& cancellation) const = 0;

  // The day's plates that match a normalised pattern / lie within `like`, each once, in byte order.
  virtual Result<std::vector<DayPlate>> PlatesMatching(std::string_view pattern,
                                                       const Cancellation& cancellation) const = 0;
  virtual Result<std::vector<DayPlate>> PlatesNear(const PlateLike& like,
                                                   const Cancellation& cancellation) const = 0;

  // --- for analyses (index/day_readings.h) -------------------------------------------------------

  virtual std::unique_ptr<PlateWalk> WalkPlates(const ReadingWindow& window) const = 0;

  // All readings of one plate in the window, in (time, camera number, identity) order.
  virtual Result<std::vector<ColumnReading>> ReadingsOf(std::string_view plate,
                                                        const ReadingWindow& window) const = 0;

  // Readings, with a plate and in force at `as_of`, by the moment's camera at most `within_ms`
  // before or after it, moment by moment and in order of time.
  virtual Result<std::vector<NearbyReading>> ReadingsNear(
      std::span<const CameraMoment> moments, uint32_t within_ms, Sequence as_of,
      const Cancellation& cancellation) const = 0;

  // Made once for these columns and kept with them: 4 bytes a plate and segment.
  virtual Result<std::shared_ptr<const PlateNumbers>> NumberPlates(
      const Cancellation& cancellation) const = 0;

  // The rows that surely pass `query` (`place` and `as_of` count too) in ascending order of time,
  // rows of one millisecond in no particular order, in batches. `visit` returning false ends it.
  virtual Status VisitPassings(const ColumnQuery& query,
                               const std::function<bool(std::span<const Passing>)>& visit,
                               const Cancellation& cancellation) const = 0;

  // The rows that surely pass `rows` by group: what CountGroups (index/group_counts.h) asks of each
  // day. Errors: kTooLarge, kCancelled, kUnavailable.
  virtual Result<std::unique_ptr<DayGroups>> GroupRows(const ColumnQuery& rows,
                                                       std::span<const TimeCell> cells,
                                                       const GroupBy& by,
                                                       const Cancellation& cancellation) const = 0;
};

// Operation: each day follows the log of its feed. Open() reads what was logged since the last look
// into memory, so that an answer never misses a row; SealOnce() turns what is in memory into files
// and merges small ones. Nothing here is the record of truth: a segment that is damaged or of
// another version is dropped and the day is read again from its feed.
//
// Concurrency: all methods are thread-safe; Open waits for the reading of the same day by another
// thread and for the commit of a segment, not for its writing. Only where so much is unsealed that
// it should not be in memory does Open write a segment itself.
class ColumnIndex {
 public:
  // `feed` outlives the index and every DayColumns.
  static std::unique_ptr<ColumnIndex> Create(Feed& feed, const ColumnIndexOptions& options);
  virtual ~ColumnIndex() = default;

  // The day's columns with every version that was visible before the call; null when the day holds
  // nothing.
  virtual Result<std::shared_ptr<const DayColumns>> Open(Day day,
                                                         const Cancellation& cancellation) = 0;

  // Reads what is new of the day, and seals or merges where it is due by `now` (or at once, where
  // `force`: until all is sealed and no two segments fit into one): one segment at most. Whether it
  // wrote one; call again until it did not.
  virtual Result<bool> SealOnce(Day day, TimestampMs now, bool force,
                                const Cancellation& cancellation) = 0;

  // Builds one graph of the day that is due (or any that is missing, where `force`), on `threads`
  // threads; whether it built one. Merges first what is due to be merged, so that no graph is built
  // for segments that go. Runs beside SealOnce of the same day; several days or segments at
  // a time only as far as callers do so. `pace`: see GraphOptions.
  virtual Result<bool> BuildGraphOnce(Day day, TimestampMs now, bool force, int threads,
                                      const std::function<void(double)>& pace,
                                      const Cancellation& cancellation) = 0;

  // Writes the segment anew from the feed and puts the new one in its place; its graphs are due
  // again. With a space: only that space's graph is dropped, to be built anew. Answers are the same
  // meanwhile. kNotFound: no such segment.
  virtual Status Rebuild(Day day, const std::string& segment, const std::string& space,
                         const Cancellation& cancellation) = 0;

  // Forgets what is held of a day (it was deleted).
  virtual void Forget(Day day) = 0;

  // Of the vectors of one space.
  struct SpaceStats {
    uint64_t vectors = 0;          // of versions of rows
    uint64_t sealed_vectors = 0;   // of these, in files
    uint64_t graphed_vectors = 0;  // of these, in a graph
    size_t graphs = 0;
    uint64_t graph_bytes = 0;
  };
  struct DayStats {
    Day day;
    size_t segments = 0;
    uint64_t sealed_rows = 0;
    uint64_t unsealed_rows = 0;
    uint64_t bytes = 0;  // of segments and graphs on disk
    std::map<std::string, SpaceStats> spaces;  // that the day has vectors of
  };
  struct SegmentStats {
    std::string name;
    uint64_t rows = 0;
    uint64_t bytes = 0;
    std::map<std::string, SpaceStats> spaces;
  };
  // The sealed segments of a day that is ready, else none.
  virtual std::vector<SegmentStats> Segments(Day day) const = 0;
  // Of the days that are ready.
  virtual std::vector<DayStats> GetStats() const = 0;
};

}  // namespace sightline::index
