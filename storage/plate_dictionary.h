// Every plate of every day with its count: derived from the days, kept in a database of its own.
#pragma once

#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/mutex.h"
#include "storage/database.h"
#include "storage/day_database.h"
#include "storage/purged_days.h"

namespace sightline::storage {

// Of one plate on one day.
struct PlateDay {
  // As last_sequence: corrections gave readings to the plate or took some away, `count` is not told.
  static constexpr Sequence kCorrected = std::numeric_limits<Sequence>::max();

  uint32_t count = 0;
  uint32_t first_ms = 0;  // of day
  uint32_t last_ms = 0;
  Sequence first_sequence = 0;
  Sequence last_sequence = 0;

  bool operator==(const PlateDay&) const = default;
};

// Operation: Add only remembers readings in memory; Merge sorts them and writes them as one batch
// together with the sequence up to which everything is counted (`counted`). After a crash the
// readings above it are found in the notes of the days' logs and in the inbox, and added again.
//
// Concurrency: thread-safe.
class PlateDictionary {
 public:
  static Result<std::unique_ptr<PlateDictionary>> Open(const std::filesystem::path& path,
                                                       const std::shared_ptr<SharedResources>& shared);

  // Everything up to this sequence is durably counted.
  Sequence counted() const { return counted_; }
  // Whether it was ever filled; a new one beside existing days is to be rebuilt from them.
  bool complete() const { return complete_; }

  // Adds readings that are durable elsewhere. All rows of a batch in one call.
  void Add(std::vector<PlateReading> readings) SIGHTLINE_EXCLUDES(delta_mutex_);
  size_t pending() const SIGHTLINE_EXCLUDES(delta_mutex_);

  // Counts what was added so far.
  Status Merge() SIGHTLINE_EXCLUDES(merge_mutex_, delta_mutex_);

  // For a rebuild: forgets what an interrupted one has counted, counts readings of one day without
  // moving `counted`, and at last declares all up to `counted` complete.
  Status BeginRebuild() SIGHTLINE_EXCLUDES(merge_mutex_);
  Status AddRebuilt(std::vector<PlateReading> readings) SIGHTLINE_EXCLUDES(merge_mutex_);
  Status FinishRebuild(Sequence counted) SIGHTLINE_EXCLUDES(merge_mutex_);

  // Calls `visit` for each plate and day in key order from the first plate that starts with `prefix`
  // and is greater than `after`, until it returns false.
  Status Visit(std::string_view prefix, std::string_view after,
               const std::function<bool(std::string_view plate, Day, const PlateDay&)>& visit) const;

  // Removes every trace of the days, in files, logs and manifest. Takes as long as rewriting the
  // dictionary does.
  Status Purge(const std::vector<Day>& days) SIGHTLINE_EXCLUDES(merge_mutex_);

  Status Flush() { return database_->Flush(); }
  Database& database() const { return *database_; }

 private:
  enum Table : size_t { kNumbers, kPlates };

  PlateDictionary(std::unique_ptr<Database> database, std::shared_ptr<PurgedDays> purged)
      : database_(std::move(database)), purged_(std::move(purged)) {}
  Status Write(std::vector<PlateReading>& readings, std::optional<Sequence> counted)
      SIGHTLINE_REQUIRES(merge_mutex_);

  std::unique_ptr<Database> database_;
  std::shared_ptr<PurgedDays> purged_;
  std::atomic<Sequence> counted_ = 0;
  std::atomic<bool> complete_ = false;
  Mutex merge_mutex_;  // one merge at a time; taken before delta_mutex_
  mutable Mutex delta_mutex_;
  std::vector<PlateReading> delta_ SIGHTLINE_GUARDED_BY(delta_mutex_);
  std::atomic<size_t> merging_ = 0;  // readings that a merge is writing
};

}  // namespace sightline::storage
