// Small numbers for large ones.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sightline::index {

// Numbers ids from 0 on in the order in which they come. A hash table with linear probing, 12 to 24
// bytes an id: Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4). Not thread-safe.
class IdNumbers {
 public:
  IdNumbers() : slots_(kLeastSlots) {}

  // The id's number, given to it where it has none; fewer than 2^32 - 1 ids.
  uint32_t Of(uint64_t id) {
    for (size_t at = SlotOf(id);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at] == 0) return Add(id, at);
      if (ids_[slots_[at] - 1] == id) return slots_[at] - 1;
    }
  }

  uint32_t size() const { return static_cast<uint32_t>(ids_.size()); }
  uint64_t IdOf(uint32_t number) const { return ids_[number]; }

 private:
  static constexpr size_t kLeastSlots = 64;

  size_t SlotOf(uint64_t id) const {
    return (id * 0x9E37'79B9'7F4A'7C15) >> (64 - std::countr_zero(slots_.size()));
  }

  uint32_t Add(uint64_t id, size_t at) {
    ids_.push_back(id);
    slots_[at] = size();
    if (2 * ids_.size() >= slots_.size()) Grow();
    return size() - 1;
  }

  void Grow() {
    slots_.assign(2 * slots_.size(), 0);
    for (uint32_t number = 0; number < ids_.size(); ++number) {
      size_t at = SlotOf(ids_[number]);
      while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = number + 1;
    }
  }

  std::vector<uint32_t> slots_;  // numbers + 1, 0 where free; a power of two of them
  std::vector<uint64_t> ids_;
};

}  // namespace sightline::index
