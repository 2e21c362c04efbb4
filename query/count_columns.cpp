// Counting by the columns of the index.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/plate.h"
#include "query/count_groups.h"
#include "query/filter_matcher.h"
#include "query/planner.h"
#include "query/snapshot.h"

namespace sightline::query {
namespace {

// The plates of the day that are near enough and fit the pattern.
Result<std::vector<std::string>> PlatesLike(const index::DayColumns& columns, const Filter& filter,
                                            const Cancellation& cancellation) {
  SIGHTLINE_ASSIGN(const std::vector<index::DayPlate> near,
                   columns.PlatesNear(*filter.plate_like, cancellation));
  std::vector<std::string> plates;
  for (const index::DayPlate& plate : near) {
    if (filter.plate_pattern.empty() || MatchesPlatePattern(plate.plate, filter.plate_pattern)) {
      plates.push_back(plate.plate);
    }
  }
  return plates;
}

std::vector<index::TimeCell> CellsOf(Day day, Interval time, CountCells& cells) {
  std::vector<index::TimeCell> starts;
  TimestampMs from = std::max(day.start(), time.from);
  const TimestampMs to = std::min(day.end(), time.to);
  while (from < to) {
    const CountCells::Stretch stretch = cells.Next(from, to);
    starts.push_back({static_cast<uint32_t>(from - day.start()), stretch.cell});
    from = stretch.time.to;
  }
  return starts;
}

void NameCameras(const storage::Store& store, const std::vector<index::GroupKey>& keys,
                 std::vector<index::Group>& groups) {
  std::unordered_map<int64_t, std::string> ids;
  for (const auto& camera : store.Cameras()) ids[camera->number] = camera->camera().id;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].kind != index::GroupKey::Kind::kCamera) continue;
    for (index::Group& group : groups) {
      index::GroupValue& value = group.values[i];
      value.emplace(ids[std::get<int64_t>(*value)]);
    }
  }
}

}  // namespace

Result<std::vector<index::Group>> CountByColumns(const CountQuestion& question,
                                                 CountCells& cells) {
  const Filter& filter = question.filter;
  const storage::Store& store = question.sources.store;
  const FilterMatcher matcher(filter);
  const Conditions conditions =
      MakeConditions(filter, matcher, store, question.as_of, TimeOrder::kAscending);
  if (conditions.cameras && conditions.cameras->empty()) return std::vector<index::Group>();
  std::vector<index::GroupDay> days;
  for (const Day day : DaysIn(store, question.time)) {
    SIGHTLINE_RETURN_IF_ERROR(question.cancellation.Check());
    SIGHTLINE_ASSIGN(std::shared_ptr<const index::DayColumns> columns,
                     question.sources.columns->Open(day, question.cancellation));
    if (!columns) continue;  // retention took it
    index::ColumnQuery rows = conditions.query;
    rows.from_ms = static_cast<uint32_t>(std::max<int64_t>(question.time.from - day.start(), 0));
    rows.to_ms = static_cast<uint32_t>(
        std::min<int64_t>(question.time.to - day.start(), kMillisecondsPerDay));
    if (filter.plate_like) {
      SIGHTLINE_ASSIGN(rows.plates, PlatesLike(*columns, filter, question.cancellation));
      if (rows.plates->empty()) continue;
      rows.plate_pattern.clear();
    }
    days.push_back({std::move(columns), std::move(rows), CellsOf(day, question.time, cells)});
  }
  SIGHTLINE_ASSIGN(std::vector<index::Group> groups,
                   index::CountGroups(days, {.keys = question.keys,
                                             .distinct_plates = true,
                                             .max_groups = question.max_groups},
                                      question.cancellation));
  NameCameras(store, question.keys, groups);
  return groups;
}

}  // namespace sightline::query
