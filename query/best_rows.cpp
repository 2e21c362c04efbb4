#include "query/best_rows.h"

#include <algorithm>
#include <utility>

namespace sightline::query {

BestRows::Row& BestRows::MakeRoom(const RowPlace& place) {
  const auto by_place = [this](const Entry& a, const Entry& b) { return before_(a.place, b.place); };
  size_t slot = rows_.size();
  if (!full()) {
    rows_.emplace_back();
    heap_.push_back({place, slot});
  } else {
    std::pop_heap(heap_.begin(), heap_.end(), by_place);
    slot = heap_.back().slot;
    heap_.back().place = place;
  }
  std::push_heap(heap_.begin(), heap_.end(), by_place);
  return rows_[slot];
}

void BestRows::Add(const RowPlace& place, StoredSighting record) {
  MakeRoom(place).record = std::move(record);
}

void BestRows::Add(const RowPlace& place, const storage::RowView& row) {
  Row& kept = MakeRoom(place);
  kept.record.reset();
  kept.bytes.assign(row.value);
  kept.view = row;
}

Result<std::vector<StoredSighting>> BestRows::Take(const storage::DayReader& day, Sequence as_of) {
  std::sort(heap_.begin(), heap_.end(),
            [this](const Entry& a, const Entry& b) { return before_(a.place, b.place); });
  std::vector<StoredSighting> taken;
  taken.reserve(heap_.size());
  for (const Entry& entry : heap_) {
    Row& row = rows_[entry.slot];
    if (row.record) {
      taken.push_back(std::move(*row.record));
      continue;
    }
    row.view.value = row.bytes;
    SIGHTLINE_ASSIGN(StoredSighting record, day.Decode(row.view, as_of));
    taken.push_back(std::move(record));
  }
  heap_.clear();
  rows_.clear();
  return taken;
}

}  // namespace sightline::query
