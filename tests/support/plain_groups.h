// Rows by group, counted one by one: what the columns' counts are compared with.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/sighting.h"
#include "index/group_counts.h"

namespace sightline::testing {

// A row as groups see it.
struct GroupedRow {
  uint32_t ms_of_day = 0;
  uint32_t camera_number = 0;
  std::string plate;  // empty: unread
  std::string plate_color;
  std::vector<Attribute> attributes;
};

// What index::DayColumns::GroupRows answers where just these rows pass. Errors: kTooLarge.
Result<std::unique_ptr<index::DayGroups>> GroupPlainRows(std::span<const GroupedRow> rows,
                                                         std::span<const index::TimeCell> cells,
                                                         const index::GroupBy& by);

}  // namespace sightline::testing
