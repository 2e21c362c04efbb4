#include "query/relevance_groups.h"

#include <algorithm>

#include "core/plate.h"

namespace sightline::query {
namespace {

void Add(const NearPlate& plate, RelevanceGroup& group) {
  for (const auto& [day, rows] : plate.rows) {
    group.plates[day].push_back(
        {.plate = plate.plate, .versions = rows, .distance = plate.match.differences});
  }
}

// Puts plates in order, and leaves days and plates to whoever reads the others of a group.
void Finish(RelevanceGroup& group, std::span<const Day> days) {
  if (group.has_others) {
    group.plates.clear();
    group.days.assign(days.begin(), days.end());
    return;
  }
  for (auto& [day, plates] : group.plates) {
    group.days.push_back(day);
    std::sort(plates.begin(), plates.end(),
              [](const auto& a, const auto& b) { return a.plate < b.plate; });
  }
}

}  // namespace

bool PassesPattern(std::string_view plate, std::string_view pattern) {
  return pattern.empty() || MatchesPlatePattern(plate, pattern);
}

std::vector<RelevanceGroup> GroupByProbability(const NearPlates& near, std::string_view pattern,
                                               std::span<const Day> days) {
  std::vector<RelevanceGroup> groups;
  for (const NearPlate& plate : near.ranked()) {
    if (!PassesPattern(plate.plate, pattern)) continue;
    if (groups.empty() || groups.back().probability != plate.match.probability) {
      groups.push_back({.probability = plate.match.probability});
    }
    Add(plate, groups.back());
  }
  if (!near.all_ranked()) {
    if (groups.empty() || groups.back().probability != 0.0) groups.push_back({.probability = 0.0});
    groups.back().has_others = true;
  }
  for (RelevanceGroup& group : groups) Finish(group, days);
  return groups;
}

std::vector<RelevanceGroup> OneGroup(const NearPlates& near, std::string_view pattern,
                                     std::span<const Day> days) {
  RelevanceGroup group{.has_others = !near.all_ranked()};
  for (const NearPlate& plate : near.ranked()) {
    if (PassesPattern(plate.plate, pattern)) Add(plate, group);
  }
  Finish(group, days);
  return {std::move(group)};
}

}  // namespace sightline::query
