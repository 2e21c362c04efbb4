// The times that counts are told apart by, numbered.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "core/time.h"
#include "query/time_units.h"

namespace sightline::query {

// Cells are numbered from 0 in the order in which they are met. Not thread-safe.
class CountCells {
 public:
  explicit CountCells(TimeUnits units) : units_(std::move(units)) {}

  // A stretch of time whose instants are all in one cell.
  struct Stretch {
    Interval time;
    uint32_t cell = 0;
  };

  // The one that begins at `from` and ends at `to` or before.
  Stretch Next(TimestampMs from, TimestampMs to);

  // One value for each unit: the start in milliseconds since the epoch, or the number.
  std::span<const int64_t> ValuesOf(uint32_t cell) const { return cells_[cell]->first; }
  // From the first to the last of its stretches so far.
  Interval SpanOf(uint32_t cell) const { return spans_[cell]; }
  size_t size() const { return cells_.size(); }

 private:
  TimeUnits units_;
  std::map<std::vector<int64_t>, uint32_t> numbers_;
  std::vector<std::map<std::vector<int64_t>, uint32_t>::const_iterator> cells_;
  std::vector<Interval> spans_;
};

// A time laid out in stretches, for instants that come in any order. Immutable; thread-safe.
class CellTimeline {
 public:
  CellTimeline(CountCells& cells, Interval time);

  // Requires an instant of the time.
  uint32_t CellAt(TimestampMs time) const;

 private:
  std::vector<CountCells::Stretch> stretches_;
};

}  // namespace sightline::query
