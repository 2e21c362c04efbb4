#include "query/best_rows.h"

#include <algorithm>
#include <utility>

namespace sightline::query {

void BestRows::Add(const RowPlace& place, StoredSighting record) {
  const auto by_place = [this](const Entry& a, const Entry& b) { return before_(a.place, b.place); };
  if (!full()) {
    heap_.push_back({place, records_.size()});
    records_.push_back(std::move(record));
  } else {
    std::pop_heap(heap_.begin(), heap_.end(), by_place);
    records_[heap_.back().slot] = std::move(record);
    heap_.back().place = place;
  }
  std::push_heap(heap_.begin(), heap_.end(), by_place);
}

std::vector<StoredSighting> BestRows::Take() {
  std::sort(heap_.begin(), heap_.end(),
            [this](const Entry& a, const Entry& b) { return before_(a.place, b.place); });
  std::vector<StoredSighting> rows;
  rows.reserve(heap_.size());
  for (const Entry& entry : heap_) rows.push_back(std::move(records_[entry.slot]));
  heap_.clear();
  records_.clear();
  return rows;
}

}  // namespace sightline::query
