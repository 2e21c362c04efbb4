// The first k rows of an answer out of rows that come in any order.
#pragma once

#include <cstddef>
#include <vector>

#include "core/sighting.h"
#include "query/row_order.h"

namespace sightline::query {

// Holds at most `capacity` records: a record that turns out not to be among the first is dropped
// for the next one.
class BestRows {
 public:
  // Requires capacity >= 1.
  BestRows(size_t capacity, RowOrder before) : capacity_(capacity), before_(before) {}

  bool full() const { return heap_.size() == capacity_; }

  // The last of the rows held. Requires full().
  const RowPlace& last() const { return heap_.front().place; }

  // Whether a row at `place` would be kept; saves decoding those that would not.
  bool Wants(const RowPlace& place) const { return !full() || before_(place, last()); }

  // Requires Wants(place). The camera id in `place` must outlive the object.
  void Add(const RowPlace& place, StoredSighting record);

  // The rows in order; nothing is left inside.
  std::vector<StoredSighting> Take();

 private:
  struct Entry {
    RowPlace place;
    size_t slot;  // in records_
  };

  size_t capacity_;
  RowOrder before_;
  std::vector<Entry> heap_;  // the last row in front
  std::vector<StoredSighting> records_;
};

}  // namespace sightline::query
