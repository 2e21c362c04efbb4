// A plate pattern in the codes of one table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "index/plate_layout.h"

namespace sightline::index {

// What one word can be asked: that (word & mask) == value and, unless `present` is 0, that
// (word & present) != 0.
struct WordTest {
  uint64_t mask = 0;
  uint64_t value = 0;
  uint64_t present = 0;

  bool operator==(const WordTest&) const = default;
};

// A pattern is parts of characters with any number of others between two of them. Immutable.
class CodePattern {
 public:
  // Of a normalised pattern (core/plate.h). Nothing when it asks for a character that is not in the
  // table's alphabet: no plate matches.
  static std::optional<CodePattern> Compile(const PlateLayout& layout, std::string_view pattern);

  // The codes that every match starts with.
  std::span<const PlateCode> LiteralPrefix() const;

  // Whether whatever starts with LiteralPrefix() matches.
  bool IsPrefixOnly() const;

  // The fewest codes of a match.
  size_t min_size() const;

  // Whether a plate matches. O(codes x pattern) at worst.
  bool Matches(std::span<const PlateCode> codes) const;

  // A plate that fits in a word matches just if its word passes one of these: one test for every
  // length and every way to place the parts in it (126 at worst, for four single characters).
  std::vector<WordTest> TestsOfWholePlates(const PlateLayout& layout) const;

  // The word of a longer plate that matches passes this.
  WordTest TestOfFirstCodes(const PlateLayout& layout) const;

 private:
  struct Placement;
  using Part = std::vector<PlateCode>;  // kAnyCode for '?'

  CodePattern() = default;
  void PlaceFrom(const PlateLayout& layout, size_t part, const Placement& before,
                 std::vector<WordTest>& tests) const;

  // One more than there are '*'. The first part starts where the plate does and the last ends where
  // it does; the others start with a literal, since a '?' beside '*' is moved before it.
  std::vector<Part> parts_;
};

}  // namespace sightline::index
