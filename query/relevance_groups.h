// Near plates put together by how likely they are: the rows of a group come in order of time.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "index/column_index.h"
#include "query/near_plates.h"

namespace sightline::query {

struct RelevanceGroup {
  std::optional<double> probability;  // of each of its plates; none: any
  std::vector<Day> days;              // on which they were read, ascending
  // The plates of a day in byte order.
  std::map<Day, std::vector<index::DayPlate>> plates;
  bool has_others = false;  // near plates that were not ranked belong to it too: `plates` is empty
};

// Whether a plate matches a filter's pattern; an empty one lets every plate pass.
bool PassesPattern(std::string_view plate, std::string_view pattern);

// A group for each probability, by falling probability. `days`: those of the question, ascending.
std::vector<RelevanceGroup> GroupByProbability(const NearPlates& near, std::string_view pattern,
                                               std::span<const Day> days);

// All near plates together.
std::vector<RelevanceGroup> OneGroup(const NearPlates& near, std::string_view pattern,
                                     std::span<const Day> days);

}  // namespace sightline::query
