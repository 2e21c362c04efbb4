// The nearest rows that a search has found so far.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "index/distance_kernels.h"

namespace sightline::index {

// A row of one of the segments that are searched.
struct FoundRow {
  DistanceKey key = kFarthestKey;
  uint32_t segment = 0;  // its place among them
  uint32_t row = 0;

  auto operator<=>(const FoundRow&) const = default;
};

// A bound that several threads narrow: keys from it on are too far.
class SharedBound {
 public:
  DistanceKey Get() const { return bound_.load(std::memory_order_relaxed); }
  void Narrow(DistanceKey bound) {
    DistanceKey now = Get();
    while (bound < now && !bound_.compare_exchange_weak(now, bound, std::memory_order_relaxed)) {
    }
  }

 private:
  std::atomic<DistanceKey> bound_{kFarthestKey};
};

// The `capacity` nearest of the rows that are added; of equally near ones at the end, any.
// Not thread-safe.
class NearestRows {
 public:
  // Rows from `bound` on are not kept.
  NearestRows(size_t capacity, DistanceKey bound) : capacity_(capacity), bound_(bound) {}

  // Keys from here on are not kept: falls once there are enough rows.
  DistanceKey bound() const { return bound_; }
  void Narrow(DistanceKey bound) { bound_ = std::min(bound_, bound); }
  bool full() const { return rows_.size() == capacity_; }

  // Requires row.key < bound().
  void Add(const FoundRow& row) {
    if (full()) {
      std::pop_heap(rows_.begin(), rows_.end());
      rows_.back() = row;
    } else {
      rows_.push_back(row);
    }
    std::push_heap(rows_.begin(), rows_.end());
    if (full()) bound_ = std::min(bound_, rows_.front().key);
  }

  void AddAll(const NearestRows& other) {
    for (const FoundRow& row : other.rows_) {
      if (row.key < bound_) Add(row);
    }
  }

  // Ascending; nothing is kept any more.
  std::vector<FoundRow> Take() {
    std::sort_heap(rows_.begin(), rows_.end());
    return std::move(rows_);
  }

 private:
  size_t capacity_;
  DistanceKey bound_;
  std::vector<FoundRow> rows_;  // a heap, the farthest first
};

}  // namespace sightline::index
