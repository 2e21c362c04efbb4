#include "query/count_cells.h"

#include <algorithm>

namespace sightline::query {

CountCells::Stretch CountCells::Next(TimestampMs from, TimestampMs to) {
  const auto [cell, is_new] =
      numbers_.try_emplace(units_.ValuesAt(from), static_cast<uint32_t>(cells_.size()));
  const Interval time{from, std::min(to, units_.NextChange(from))};
  if (is_new) {
    cells_.push_back(cell);
    spans_.push_back(time);
  }
  Interval& span = spans_[cell->second];
  span = {std::min(span.from, time.from), std::max(span.to, time.to)};
  return {time, cell->second};
}

}  // namespace sightline::query
