// The sweep for cloned plates: a job that leaves what it finds in the book of conflicts.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/time.h"
#include "server/clone_analysis.h"
#include "server/conflict_book.h"
#include "server/job_book.h"
#include "server/sweep_ledger.h"
#include "storage/store.h"

namespace sightline::server {

inline constexpr std::string_view kCloneSweep = "cloned_plates_sweep";

struct CloneSweepOptions {
  // How much of what was swept before and adjoins the window is swept again with it, so that what a
  // fault of a camera shows only over days is found, in days.
  double lookback_days = 7;
};

// Operation: sweeps that adjoin or overlap make up a span, and what is known of a plate is what all
// of its readings in the span say, whatever windows it was swept in. So a sweep
//  1. takes the span that the window makes with those swept before;
//  2. sweeps the window, with lookback_days of the span around it, and around each day of the span
//     that got sightings since it was swept: in one go where these overlap;
//  3. judges the plates found, and those that had a conflict in the span, by all of their readings
//     in it, cameras' faults known; where all of the span was swept in one go, that is done already;
//  4. puts what it found into the book, and then the window into the ledger.
// What it is to do is fixed when it starts (the window, and up to what was stored), so that one that
// was cut short begins again and finds the same.
// Cost: that of query::SweepClonedPlates over what is swept, and some milliseconds a conflict.
class CloneSweep {
 public:
  // All outlive the object.
  CloneSweep(storage::Store& store, const Clock& clock, CloneAnalysis& analysis,
             ConflictBook& book, SweepLedger& ledger, const CloneSweepOptions& options)
      : store_(store),
        clock_(clock),
        analysis_(analysis),
        book_(book),
        ledger_(ledger),
        options_(options) {}

  // The work of a job whose question is a body of POST /v1/sweeps/cloned-plates. The result:
  // {"window", "span", "swept", "late_days", "plates", "readings", "conflicts": {kind: n},
  //  "new": {kind: n}, "withdrawn", "faults": [...], "sweep_as_of"}.
  Result<std::string> Run(JobRun& run);

 private:
  struct Plan;
  struct Found;

  Result<Plan> MakePlan(JobRun& run);
  Result<Found> SweepParts(const Plan& plan, JobRun& run);
  Status JudgeAgain(const Plan& plan, Found& found, JobRun& run);
  Status Enter(const Plan& plan, Found& found, JobRun& run);
  Status Record(const Plan& plan, const Found& found);

  storage::Store& store_;
  const Clock& clock_;
  CloneAnalysis& analysis_;
  ConflictBook& book_;
  SweepLedger& ledger_;
  const CloneSweepOptions options_;
};

}  // namespace sightline::server
