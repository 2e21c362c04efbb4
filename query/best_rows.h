// The first k rows of an answer out of rows that come in any order.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/sighting.h"
#include "query/row_order.h"
#include "storage/day.h"

namespace sightline::query {

// Holds at most `capacity` rows: one that turns out not to be among the first is dropped for the
// next one. A row that is kept by its key alone is decoded at the end, once.
class BestRows {
 public:
  // Requires capacity >= 1.
  BestRows(size_t capacity, RowOrder before) : capacity_(capacity), before_(before) {}

  bool full() const { return heap_.size() == capacity_; }

  // The last of the rows held. Requires full().
  const RowPlace& last() const { return heap_.front().place; }

  // Whether a row at `place` would be kept; saves decoding those that would not.
  bool Wants(const RowPlace& place) const { return !full() || before_(place, last()); }

  // Require Wants(place). The camera id in `place` must outlive the object.
  void Add(const RowPlace& place, StoredSighting record);
  void Add(const RowPlace& place, const storage::RowView& row);

  // The rows in order, of `day` as it stands at `as_of`; nothing is left inside.
  Result<std::vector<StoredSighting>> Take(const storage::DayReader& day, Sequence as_of);

 private:
  struct Entry {
    RowPlace place;
    size_t slot;  // in rows_
  };
  struct Row {
    std::optional<StoredSighting> record;
    storage::RowView view;  // where there is no record; its value is `bytes`
    std::string bytes;
  };

  // The row to fill for `place`: a new one, or that of the last row, which is dropped.
  Row& MakeRoom(const RowPlace& place);

  size_t capacity_;
  RowOrder before_;
  std::vector<Entry> heap_;  // the last row in front
  std::vector<Row> rows_;
};

}  // namespace sightline::query
