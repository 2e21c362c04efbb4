// The groups of a count before they are rows: what columns or records make of a filter.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"
#include "index/group_counts.h"
#include "query/count_cells.h"
#include "query/sources.h"

namespace sightline::query {

// What is counted. Groups have a cell of `cells` for their time and a value for each of `keys`;
// that of index::GroupKey::Kind::kCamera is the camera's id.
struct CountQuestion {
  const Sources& sources;
  const Filter& filter;
  Interval time;  // the filter's, within what can be stored
  Sequence as_of = 0;
  const std::vector<index::GroupKey>& keys;
  size_t max_groups = 0;  // more of them: kTooLarge
  const Cancellation& cancellation;
};

// The groups that have sightings, in no particular order. The two give the same.
Result<std::vector<index::Group>> CountByColumns(const CountQuestion& question, CountCells& cells);
// Reads every record that passes, and holds the distinct plates of every group in memory.
Result<std::vector<index::Group>> CountByRecords(const CountQuestion& question, CountCells& cells);

}  // namespace sightline::query
