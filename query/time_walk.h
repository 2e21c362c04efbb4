// The rows of an answer in order of time, day by day, each day by the way that is cheapest for it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "query/day_rows.h"
#include "query/planner.h"
#include "query/search_cost.h"
#include "query/sources.h"

namespace sightline::query {

// The plates of a day that alone can pass, each once and in byte order. `columns`: the day's, null
// where there are none.
using PlatesOfDay = std::function<Result<std::vector<index::DayPlate>>(
    Day, const index::DayColumns* columns)>;

// Not thread-safe.
class TimeWalk {
 public:
  // `days`: those to look at, in the order of the answer. `plates`: null where any plate can pass.
  // `conditions`, `cost` and what `sources` points to outlive the walk.
  TimeWalk(const Sources& sources, const Conditions& conditions, DayQuestion question,
           std::vector<Day> days, PlatesOfDay plates, SearchCost& cost);

  // Appends the next rows to `out` until it holds `limit`. Fewer: there are no more.
  Status Next(size_t limit, std::vector<StoredSighting>& out);

 private:
  // Sets rows_, unless nothing of `time` on that day can pass.
  Status Enter(Day day, Interval time, size_t wanted);

  const Sources sources_;
  const Conditions& conditions_;
  const DayQuestion question_;
  const std::vector<Day> days_;
  const PlatesOfDay plates_;
  SearchCost& cost_;
  Planner planner_;
  size_t next_day_ = 0;                      // the day of rows_, or the next to enter
  std::optional<DayQuestion> day_question_;  // of rows_
  std::unique_ptr<DayRows> rows_;
};

}  // namespace sightline::query
