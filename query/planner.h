// Chooses the way to the rows of a day.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "index/column_index.h"
#include "query/filter_matcher.h"
#include "query/search_cost.h"
#include "storage/store.h"

namespace sightline::query {

// A filter in the terms of the ways to its rows: made once a search, the same for every day.
struct Conditions {
  std::optional<std::string> plate;              // the only one that passes
  bool has_wildcard = false;                     // the pattern is not just one plate
  std::optional<std::vector<uint32_t>> cameras;  // numbers, ascending
  bool has_more = false;     // more is asked than time, cameras and one plate
  index::ColumnQuery query;  // everything but the time of day

  // Whether columns can do better than storage alone.
  bool gain_by_columns() const { return !plate && (has_more || cameras); }
};

// `matcher` is the filter's and outlives the result.
Conditions MakeConditions(const Filter& filter, const FilterMatcher& matcher,
                          const storage::Store& store, Sequence as_of, TimeOrder order);

struct DayPlan {
  SearchPath path = SearchPath::kTime;
  bool empty = false;               // the day holds no row of the answer
  std::vector<std::string> plates;  // of kPlate and kPlates
  index::ColumnQuery query;         // of kColumns
};

// What of a day is asked for.
struct DayWindow {
  uint32_t from_ms = 0;  // of day, inclusive
  uint32_t to_ms = 0;    // exclusive
  uint64_t wanted = 0;   // rows that the answer still needs
};

// Operation: an exact plate is looked up, and a filter of time alone is read off the time index.
// All else is weighed (query/path_cost.h) on what the day's columns count. A wildcard that leaves
// few plates, as far as can be told beforehand, is turned into these plates.
//
// Whatever is chosen, the rows are the same. Not thread-safe.
class Planner {
 public:
  // Both outlive the planner. `cost` gets the estimates.
  Planner(const Conditions& conditions, SearchCost& cost) : conditions_(conditions), cost_(cost) {}

  // `columns`: null where there are none. `near`: the plates of the day that lie near plate_like,
  // where the filter has one and they are known; no other plate passes.
  Result<DayPlan> Plan(const index::DayColumns* columns, const DayWindow& window,
                       std::optional<std::span<const index::DayPlate>> near,
                       const Cancellation& cancellation);

  // A way by the time index turned out dearer than thought: no day is planned so any more.
  void AvoidTime() { avoids_time_ = true; }

 private:
  DayPlan PlanWithoutColumns(std::optional<std::span<const index::DayPlate>> near);
  void Note(const std::vector<PathEstimate>& estimates, SearchPath chosen);

  const Conditions& conditions_;
  SearchCost& cost_;
  bool avoids_time_ = false;
};

}  // namespace sightline::query
