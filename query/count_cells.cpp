#include "query/count_cells.h"

#include <algorithm>
#include <iterator>

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

CellTimeline::CellTimeline(CountCells& cells, Interval time) {
  for (TimestampMs from = time.from; from < time.to;) {
    stretches_.push_back(cells.Next(from, time.to));
    from = stretches_.back().time.to;
  }
}

uint32_t CellTimeline::CellAt(TimestampMs time) const {
  const auto behind = std::upper_bound(
      stretches_.begin(), stretches_.end(), time,
      [](TimestampMs at, const CountCells::Stretch& stretch) { return at < stretch.time.from; });
  return std::prev(behind)->cell;
}

}  // namespace sightline::query
