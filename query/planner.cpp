#include "query/planner.h"

#include <algorithm>
#include <utility>

#include "core/plate.h"
#include "query/path_cost.h"

namespace sightline::query {
namespace {

// Plates are looked for beforehand where this many rows at most can bear one ...
constexpr uint64_t kFewPatternRows = 20'000;
// ... or where the pattern names so many characters: then few plates have them all.
constexpr size_t kTellingCharacters = 3;
// Plates that a wildcard stands for and that are handed to a scan as a list.
constexpr size_t kMaxListedPlates = 10'000;
// Of rows about which nothing is counted, this share is expected to pass.
constexpr double kUncountedShare = 0.1;

constexpr uint32_t kMinute = static_cast<uint32_t>(kMillisecondsPerMinute);

// The numbers of the cameras that a filter names, ascending; unknown ones have no sightings.
std::optional<std::vector<uint32_t>> CameraNumbers(const storage::Store& store,
                                                   const Filter& filter) {
  if (!filter.cameras) return std::nullopt;
  std::vector<uint32_t> numbers;
  for (const std::string& id : *filter.cameras) {
    if (const auto camera = store.FindCamera(id)) numbers.push_back(camera->number);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

// How many characters of a pattern stand for themselves.
size_t LiteralCharacters(std::string_view pattern) {
  size_t count = 0;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool continues_character = (static_cast<unsigned char>(pattern[i]) & 0xC0) == 0x80;
    if (pattern[i] == '\\') continue;  // what it escapes is counted
    if (pattern[i] != '*' && pattern[i] != '?' && !continues_character) ++count;
  }
  return count;
}

std::vector<std::string> Names(std::span<const index::DayPlate> plates) {
  std::vector<std::string> names;
  names.reserve(plates.size());
  for (const index::DayPlate& plate : plates) names.push_back(plate.plate);
  return names;
}

uint64_t Versions(std::span<const index::DayPlate> plates) {
  uint64_t versions = 0;
  for (const index::DayPlate& plate : plates) versions += plate.versions;
  return versions;
}

}  // namespace

Conditions MakeConditions(const Filter& filter, const FilterMatcher& matcher,
                          const storage::Store& store, Sequence as_of, TimeOrder order) {
  Conditions conditions;
  if (!filter.plate_pattern.empty()) {
    conditions.has_wildcard = HasWildcard(filter.plate_pattern);
    if (!conditions.has_wildcard) conditions.plate = LiteralPrefix(filter.plate_pattern);
  }
  conditions.cameras = CameraNumbers(store, filter);
  conditions.has_more = conditions.has_wildcard || filter.plate_like || filter.area ||
                        filter.near || !filter.attributes.empty();
  conditions.query = {.as_of = as_of,
                      .order = order,
                      .cameras = conditions.cameras,
                      .plate_pattern = filter.plate_pattern,
                      .attributes = filter.attributes};
  if (filter.area || filter.near) {
    conditions.query.place = [&matcher](const Position& place) {
      return matcher.MatchesPlace(place);
    };
  }
  return conditions;
}

Result<DayPlan> Planner::Plan(const index::DayColumns* columns, const DayWindow& window,
                              std::optional<std::span<const index::DayPlate>> near,
                              const Cancellation& cancellation) {
  if (window.from_ms >= window.to_ms || (near && near->empty())) return DayPlan{.empty = true};
  if (columns == nullptr || conditions_.plate) return PlanWithoutColumns(near);

  DayPlan plan{.query = conditions_.query};
  plan.query.from_ms = window.from_ms;
  plan.query.to_ms = window.to_ms;
  const index::ColumnQuery by_time{
      .from_ms = window.from_ms, .to_ms = window.to_ms, .as_of = plan.query.as_of};
  DayFacts facts{.rows = columns->EstimateRows(by_time),
                 .minutes = (window.to_ms - 1) / kMinute - window.from_ms / kMinute + 1,
                 .wanted = window.wanted};
  facts.camera_rows = facts.rows;
  if (conditions_.cameras) {
    index::ColumnQuery by_camera = by_time;
    by_camera.cameras = conditions_.cameras;
    facts.cameras = conditions_.cameras->size();
    facts.camera_rows = columns->EstimateRows(by_camera);
  }
  const uint64_t counted = columns->EstimateRows(plan.query);
  if (counted == 0) return DayPlan{.empty = true};

  std::vector<index::DayPlate> matching;
  if (!near && conditions_.has_wildcard &&
      (counted <= kFewPatternRows ||
       LiteralCharacters(plan.query.plate_pattern) >= kTellingCharacters)) {
    SIGHTLINE_ASSIGN(matching,
                     columns->PlatesMatching(plan.query.plate_pattern, cancellation));
    cost_.plates += matching.size();
    if (matching.empty()) return DayPlan{.empty = true};
    near = matching;
  }
  facts.passing = counted;
  if (near) {
    facts.plates = near->size();
    facts.plate_rows = Versions(*near);
    facts.passing = std::min(facts.passing, facts.plate_rows);
    plan.plates = Names(*near);
  } else if (counted == facts.camera_rows && conditions_.has_more) {
    facts.passing = static_cast<uint64_t>(static_cast<double>(counted) * kUncountedShare) + 1;
  }

  std::vector<PathEstimate> estimates = EstimatePaths(facts);
  if (avoids_time_) {
    std::erase_if(estimates, [](const PathEstimate& estimate) {
      return estimate.path == SearchPath::kTime || estimate.path == SearchPath::kCamerasTime;
    });
  }
  plan.path = estimates.front().path;
  // A wildcard tells the scan which of many plates pass better than a list does.
  if (near && (matching.empty() || matching.size() <= kMaxListedPlates)) {
    plan.query.plates = plan.plates;
  }
  Note(estimates, plan.path);
  return plan;
}

DayPlan Planner::PlanWithoutColumns(std::optional<std::span<const index::DayPlate>> near) {
  DayPlan plan;
  if (conditions_.plate) {
    plan.path = SearchPath::kPlate;
    plan.plates = {*conditions_.plate};
  } else if (near) {
    plan.path = SearchPath::kPlates;
    plan.plates = Names(*near);
  } else {
    plan.path = conditions_.cameras ? SearchPath::kCamerasTime : SearchPath::kTime;
  }
  Note({{.path = plan.path, .days_considered = 1}}, plan.path);
  return plan;
}

void Planner::Note(const std::vector<PathEstimate>& estimates, SearchPath chosen) {
  for (const PathEstimate& estimate : estimates) {
    auto sum = std::find_if(cost_.estimates.begin(), cost_.estimates.end(),
                            [&](const PathEstimate& have) { return have.path == estimate.path; });
    if (sum == cost_.estimates.end()) {
      sum = cost_.estimates.insert(sum, {.path = estimate.path});
    }
    sum->days_considered += estimate.days_considered;
    sum->days_chosen += estimate.path == chosen ? 1 : 0;
    sum->rows += estimate.rows;
    sum->records += estimate.records;
    sum->microseconds += estimate.microseconds;
  }
  std::stable_sort(cost_.estimates.begin(), cost_.estimates.end(),
                   [](const PathEstimate& a, const PathEstimate& b) {
                     return a.days_chosen > b.days_chosen;
                   });
  cost_.path = cost_.estimates.front().path;
}

}  // namespace sightline::query
