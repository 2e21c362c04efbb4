// Comparing many codes at once: the loops that a scan spends its time in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/code_column.h"

namespace sightline::index {

// A set of codes of one column. Made once, asked about many rows; thread-safe once made.
class CodeSet {
 public:
  // Of codes in [0, codes_in_all), of which `wanted`, in any order, are in the set.
  CodeSet(size_t codes_in_all, std::span<const uint32_t> wanted);

  bool Contains(uint32_t code) const { return contains_[code] != 0; }

  // Whether it is compared code by code, many rows an instruction, and not looked up row by row.
  bool compared() const { return wanted_.size() <= kMaxCompared; }

  // Whether a block with this set of codes (CodeColumn::Block) may hold one of these.
  bool MayOccur(std::span<const uint64_t> block) const;

  // Clears mask[i] where the code of row `first + i` is not in the set, for each of `mask`, which
  // holds zeros and ones.
  void Match(const CodeArray& codes, size_t first, std::span<uint8_t> mask) const;

 private:
  static constexpr size_t kMaxCompared = 4;

  std::vector<uint32_t> wanted_;
  std::vector<uint8_t> contains_;  // by code
  std::vector<uint64_t> folded_;   // as a block's set of codes
};

// Appends `first` + i for each i at which the mask (zeros and ones) is one, ascending.
void AppendOnes(std::span<const uint8_t> mask, uint32_t first, std::vector<uint32_t>& rows);

// How many of the mask's bytes (zeros and ones) are ones.
size_t CountOnes(std::span<const uint8_t> mask);

}  // namespace sightline::index
