// The nearest nodes that a walk through a graph has met.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "index/distance_kernels.h"

namespace sightline::index {

// A bounded list of nodes by (key, node), each of which is marked once its links are followed.
// Nodes are below 2^31. Not thread-safe.
class NearestPool {
 public:
  void Reset(size_t capacity) {
    capacity_ = capacity;
    size_ = 0;
    next_ = 0;
    if (entries_.size() < capacity + 1) entries_.resize(capacity + 1);
    bound_ = ~uint64_t{0};
  }

  // Makes room for more; none is marked any more.
  void Grow(size_t capacity) {
    capacity_ = capacity;
    if (entries_.size() < capacity + 1) entries_.resize(capacity + 1);
    for (size_t i = 0; i < size_; ++i) entries_[i] &= ~uint64_t{1};
    next_ = 0;
    bound_ = full() ? entries_[size_ - 1] : ~uint64_t{0};
  }

  size_t capacity() const { return capacity_; }
  size_t size() const { return size_; }
  bool full() const { return size_ == capacity_; }
  DistanceKey KeyAt(size_t i) const { return static_cast<DistanceKey>(entries_[i] >> 32); }
  uint32_t NodeAt(size_t i) const { return static_cast<uint32_t>(entries_[i]) >> 1; }
  // How many have smaller keys.
  size_t CountBelow(DistanceKey key) const { return PlaceOf(uint64_t{key} << 32); }
  // A greater key does not enter.
  DistanceKey BoundKey() const { return static_cast<DistanceKey>(bound_ >> 32); }

  // Where it is in the list, or would drop out of it at once, nothing happens.
  void Insert(DistanceKey key, uint32_t node) {
    const uint64_t entry = uint64_t{key} << 32 | uint64_t{node} << 1;
    if (entry >= bound_) return;
    const size_t place = PlaceOf(entry);
    uint64_t* const at = entries_.data() + place;
    if (place < size_ && (*at | 1) == (entry | 1)) return;
    // When full, the last one falls off: there is room for one more than the capacity.
    std::memmove(at + 1, at, (size_ - place) * sizeof(uint64_t));
    *at = entry;
    if (size_ < capacity_) ++size_;
    if (full()) bound_ = entries_[size_ - 1];
    if (place < next_) next_ = place;
  }

  // Whether there are nodes whose links were not followed yet.
  bool HasNext() const { return next_ < size_; }
  // The nearest of them, which is marked now. Requires HasNext().
  uint32_t TakeNext() {
    const uint32_t node = NodeAt(next_);
    entries_[next_] |= 1;
    do {
      ++next_;
    } while (next_ < size_ && (entries_[next_] & 1) != 0);
    return node;
  }
  // The one that TakeNext() would take. Requires HasNext().
  uint32_t Next() const { return NodeAt(next_); }
  DistanceKey NextKey() const { return KeyAt(next_); }

 private:
  // The number of entries before this one.
  size_t PlaceOf(uint64_t entry) const {
    const uint64_t* from = entries_.data();
    size_t left = size_;
    while (left > 1) {
      const size_t half = left / 2;
      from = from[half - 1] < entry ? from + half : from;
      left -= half;
    }
    if (left == 1 && *from < entry) ++from;
    return static_cast<size_t>(from - entries_.data());
  }

  size_t capacity_ = 0;
  size_t size_ = 0;
  size_t next_ = 0;  // before it, all are marked
  uint64_t bound_ = 0;
  std::vector<uint64_t> entries_;  // key, node, mark: from the highest bits on
};

}  // namespace sightline::index
