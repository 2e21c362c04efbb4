// Conflicts of cloned plates: one a plate, found by sweeps and by the live check, judged by people.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/mutex.h"
#include "server/conflict_record.h"
#include "storage/store.h"

namespace sightline::server {

// What lists are narrowed by, and what of a conflict is held in memory.
struct ConflictSummary {
  std::string id;
  std::string plate;
  uint64_t number = 0;
  query::ConflictKind kind = query::ConflictKind::kCloned;
  ConflictStatus status = ConflictStatus::kOpen;
  double confidence = 0;
  Interval evidence;  // from the first reading to just behind the last
  TimestampMs changed;
  Sequence found_as_of = 0;
  std::vector<Interval> spans;
  std::string found_by;
};

struct ConflictFilter {
  Interval time;  // shares an instant with the evidence
  std::optional<ConflictStatus> status;
  std::optional<query::ConflictKind> kind;
  double min_confidence = 0;
  std::optional<TimestampMs> since;  // found or changed from then on
  Sequence as_of = 0;                // found by then
};

// What all of a plate's readings in `spans` say; no conflict: nothing excludes anything.
struct Judgement {
  std::string plate;
  std::optional<query::Conflict> conflict;
  std::vector<Interval> spans;
};

// A person's word on a vehicle, by one reading of it.
struct VehicleWord {
  SightingId sighting;
  bool genuine = false;
};

struct VerdictChange {
  std::optional<ConflictStatus> status;
  std::optional<std::string> note;
  std::optional<std::vector<VehicleWord>> vehicles;
};

// Operation: the catalog's table "conflicts" holds a record a plate; summaries are held in memory.
// A person's verdict stays whatever later sweeps say. What it says of the vehicles is laid over the
// vehicles of every later judgement: a vehicle that has readings of one that was called a fake is
// not the genuine one, and its latest reading is ConflictRecord::last_fake.
// A conflict that nothing is left of is deleted, unless a person said something of it: then it stays
// as it was.
//
// Concurrency: all methods are thread-safe; Find and all changes do I/O. Changes go one after
// the other.
class ConflictBook {
 public:
  // Reads the conflicts of the catalog. `store` and `clock` outlive the result.
  static Result<std::unique_ptr<ConflictBook>> Open(storage::Store& store, const Clock& clock);

  using SummaryPointer = std::shared_ptr<const ConflictSummary>;

  // The last found first. Among those that one sweep found, clones come first, and what is more
  // certain before what is less.
  std::vector<SummaryPointer> List(const ConflictFilter& filter) const;
  SummaryPointer FindPlate(std::string_view plate) const;  // null: there is none

  Result<ConflictRecord> Find(std::string_view id) const;  // kNotFound

  // What people said of the vehicles of confirmed conflicts, by plate.
  using KnownVehicles = std::map<std::string, std::vector<query::KnownVehicle>, std::less<>>;
  Result<KnownVehicles> ReadKnownVehicles() const;

  // The status of a conflict that is confirmed without a word on its vehicles takes the likely
  // genuine one for genuine, and the others for fakes. One vehicle that is genuine makes the others
  // fakes. kNotFound; kInvalidArgument with field "/vehicles/N/sighting_id" for a reading that is of
  // none of the vehicles.
  Result<ConflictRecord> SetVerdict(std::string_view id, const VerdictChange& change,
                                    const Author& author);

  struct Applied {
    uint64_t added = 0;
    uint64_t withdrawn = 0;
    // Left as they are, since what is known of them is newer than `as_of`.
    std::vector<std::string> newer;
  };
  // Replaces what is known of the plates. `found_by`: the job, or empty.
  Result<Applied> Apply(std::vector<Judgement> judgements, Sequence as_of,
                        std::string_view found_by);

  using KindCounts = std::array<uint64_t, query::kConflictKinds>;
  // How many conflicts the job was the first to find.
  KindCounts CountFoundBy(std::string_view job) const;

  struct Stats {
    KindCounts by_kind = {};
    uint64_t open = 0;
  };
  Stats GetStats() const;

 private:
  ConflictBook(storage::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  Result<std::optional<ConflictRecord>> Load(std::string_view id) const;
  void Remember(const ConflictRecord& record) SIGHTLINE_EXCLUDES(mutex_);
  void Forget(const ConflictSummary& summary) SIGHTLINE_EXCLUDES(mutex_);
  // The record as the judgement leaves it; none: it goes.
  std::optional<ConflictRecord> Judged(std::optional<ConflictRecord> before, Judgement judgement,
                                       Sequence as_of, std::string_view found_by)
      SIGHTLINE_REQUIRES(write_mutex_);

  storage::Store& store_;
  const Clock& clock_;
  Mutex write_mutex_;  // held over a change of the catalog and of what is below
  mutable Mutex mutex_;
  std::map<uint64_t, SummaryPointer, std::greater<>> by_number_ SIGHTLINE_GUARDED_BY(mutex_);
  std::unordered_map<std::string, SummaryPointer> by_plate_ SIGHTLINE_GUARDED_BY(mutex_);
  uint64_t last_number_ SIGHTLINE_GUARDED_BY(write_mutex_) = 0;
};

}  // namespace sightline::server
