// Which nodes a walk has met.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sightline::index {

// Remembers nodes, but not for certain: each has one place, and another node may take it. A node
// that is forgotten is compared once more and found in the pool again. In exchange the memory
// depends on the walk and not on the graph, stays in the processor's nearest caches, and is cleared
// in less time than a few rows take. Not thread-safe.
class MetNodes {
 public:
  // Forgets all. About `nodes` will be met.
  void Reset(size_t nodes) {
    const size_t places = std::bit_ceil(std::max<size_t>(nodes, 64));
    shift_ = 32 - std::countr_zero(places);
    places_.assign(places, ~uint32_t{0});
  }

  // Whether the node is not known to have been met before; it is now.
  bool Add(uint32_t node) {
    uint32_t& place = places_[(node * 0x9E37'79B1u) >> shift_];
    const bool is_new = place != node;
    place = node;
    return is_new;
  }

 private:
  int shift_ = 0;
  std::vector<uint32_t> places_;
};

}  // namespace sightline::index
