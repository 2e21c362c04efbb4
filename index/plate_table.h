// The distinct plates of a segment, sorted, in a form that is searched where it lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "index/plate_layout.h"

namespace sightline::index {

// The bytes of a table of `plates`: ascending in byte order, distinct, normalised, none empty, at
// most 2^25. The form is documented in docs/segment-format.md and is a section of a segment's file.
std::string EncodePlateTable(std::span<const std::string> plates);

// A view of such bytes, which outlive it and are 8-byte aligned. Copies are cheap. Thread-safe.
//
// Plates are coded by the table's own alphabet (code points in ascending order), so that codes
// compare as the plates do. Most plates have at most 8 characters: eight codes are one word, and a
// pattern or a neighbourhood is decided by a few instructions on it.
class PlateTable {
 public:
  // Errors: kCorruption when the bytes are not a table (lengths and order of sections are checked,
  // not every plate: the segment's checksum covers them).
  static Result<PlateTable> View(std::span<const std::byte> bytes);

  size_t size() const { return layout_.size(); }
  const PlateLayout& layout() const { return layout_; }
  // Requires ordinal < size().
  std::string Plate(uint32_t ordinal) const;
  std::optional<uint32_t> Find(std::string_view plate) const;
  // The first ordinal whose plate is not below `plate` in byte order; size() where all are.
  uint32_t LowerBound(std::string_view plate) const;

  // The ordinals whose plates match a normalised pattern (core/plate.h), ascending: a binary search
  // for what the pattern starts with, and one pass at memory speed over the words behind it.
  Result<std::vector<uint32_t>> Matching(std::string_view pattern,
                                         const Cancellation& cancellation) const;

  struct Near {
    uint32_t ordinal = 0;
    int distance = 0;  // Levenshtein over code points, '?' of the text equal to any character
  };
  // The plates within like.max_distance of like.text, ascending by ordinal: for one error some
  // hundreds of binary searches, for two or three a walk through a part of the plates.
  Result<std::vector<Near>> PlatesNear(const PlateLike& like,
                                       const Cancellation& cancellation) const;

 private:
  explicit PlateTable(const PlateLayout& layout) : layout_(layout) {}

  PlateLayout layout_;
};

}  // namespace sightline::index
