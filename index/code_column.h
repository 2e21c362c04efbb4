// A column of codes into a dictionary: as it is written, and as it is read where it lies.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "index/segment_bytes.h"
#include "index/segment_format.h"
#include "index/segment_writer.h"

namespace sightline::index {

// Codes of 1, 2 or 4 bytes.
struct CodeArray {
  const std::byte* data = nullptr;
  uint32_t width = 0;

  uint32_t operator[](size_t index) const {
    switch (width) {
      case 1:
        return reinterpret_cast<const uint8_t*>(data)[index];
      case 2:
        return reinterpret_cast<const uint16_t*>(data)[index];
      default:
        return reinterpret_cast<const uint32_t*>(data)[index];
    }
  }
};

// Of codes in [0, codes).
constexpr uint32_t CodeWidth(size_t codes) {
  return codes <= 0x100 ? 1 : codes <= 0x1'0000 ? 2 : 4;
}

// Words of a block's set of codes: enough that a rare code is told from the frequent ones, few
// enough that a block of 4,096 rows costs 256 bytes at most.
constexpr size_t BlockWords(size_t codes) {
  return std::clamp<size_t>(std::bit_ceil(codes), 64, 2048) / 64;
}

// A coded column in the making.
struct CodedRows {
  size_t values = 0;            // of the dictionary; codes are in [0, values]
  std::vector<uint32_t> rows;   // where sparse: ascending, those that are not absent
  std::vector<uint32_t> codes;  // of `rows`, or where `rows` is empty and `dense`, of every row
  bool dense = true;
};

// Whether a column is written densely.
constexpr bool IsDense(uint64_t present, uint64_t rows) {
  return present * kSparseShare >= rows;
}

Status WriteCodes(SegmentWriter& writer, Column column, std::string_view name,
                  const CodedRows& coded);

// The codes, narrowed to CodeWidth(codes_in_all).
std::vector<std::byte> NarrowCodes(std::span<const uint32_t> codes, size_t codes_in_all);

// A view of a segment's sections; the segment outlives it.
class CodeColumn {
 public:
  // With no codes: every row is absent.
  CodeColumn() = default;

  // Errors: kCorruption.
  static Result<CodeColumn> View(const Sections& sections, Column column, std::string_view name,
                                 size_t values, size_t rows);

  bool sparse() const { return sparse_; }
  // Of sparse columns: the rows that are not absent, and the code of the i-th.
  std::span<const uint32_t> rows() const { return rows_; }
  // A code for each row, or where sparse for each of rows().
  const CodeArray& codes() const { return codes_; }
  // How many rows bear each code, [0] none.
  std::span<const uint32_t> counts() const { return counts_; }

  // Rows that are not absent.
  uint64_t Present() const {
    uint64_t present = 0;
    for (size_t code = 1; code < counts_.size(); ++code) present += counts_[code];
    return present;
  }

  // The code of a row. A binary search where sparse.
  uint32_t At(uint32_t row) const {
    if (!sparse_) return codes_[row];
    const auto found = std::lower_bound(rows_.begin(), rows_.end(), row);
    return found == rows_.end() || *found != row ? 0 : codes_[found - rows_.begin()];
  }

  size_t block_words() const { return block_words_; }
  // Of dense columns: the set of codes of a block.
  std::span<const uint64_t> Block(size_t block) const {
    return blocks_.subspan(block * block_words_, block_words_);
  }

 private:
  bool sparse_ = false;
  CodeArray codes_;
  std::span<const uint32_t> rows_;
  std::span<const uint32_t> counts_;
  std::span<const uint64_t> blocks_;
  size_t block_words_ = 1;
};

}  // namespace sightline::index
