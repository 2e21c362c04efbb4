// Plates of different tables in an order that a few instructions decide.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "index/plate_table.h"

namespace sightline::index {

// The first bytes of a plate's UTF-8, the first in the highest bits, zeros behind its end. Compares
// as plates do in byte order; of plates that are longer, equal keys decide nothing.
struct PlateKey {
  static constexpr size_t kBytes = 16;

  uint64_t high = 0;
  uint64_t low = 0;

  static PlateKey Of(std::string_view plate);

  // Whether the plate is known to end within the key: then equal keys are equal plates.
  bool is_whole() const { return (low & 0xFF) == 0; }

  auto operator<=>(const PlateKey&) const = default;
};

// Makes the keys of one table's plates. The table outlives it. Thread-safe.
class PlateKeys {
 public:
  explicit PlateKeys(const PlateTable& table);

  // Requires ordinal < table().size().
  PlateKey Of(uint32_t ordinal) const;
  const PlateTable& table() const { return *table_; }

  // <0, 0, >0 as the plate comes before `plate`, is it, or comes behind it; `key` is PlateKey::Of
  // of `plate`.
  int Compare(uint32_t ordinal, const PlateKey& key, std::string_view plate) const;

 private:
  // A character's UTF-8.
  struct Character {
    uint32_t bytes = 0;  // the last in the lowest bits
    uint32_t size = 0;
  };

  const PlateTable* table_;
  std::vector<Character> characters_;  // by code; [0] has none
};

}  // namespace sightline::index
