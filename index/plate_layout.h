// Where the parts of a plate table lie in its bytes, and how its codes are read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace sightline::index {

// A character of a plate by its place in the table's alphabet, counted from 1. 0 fills up words.
using PlateCode = uint32_t;

// A code that no plate holds: a character that is not in the alphabet.
inline constexpr PlateCode kUnknownCode = UINT32_MAX;

// No plate has more characters; what is longer in damaged bytes is cut.
inline constexpr size_t kMaxPlateCodes = 64;

// Ordinals [begin, end).
struct OrdinalRange {
  size_t begin = 0;
  size_t end = 0;

  size_t size() const { return end - begin; }
};

// The parts of an encoded table (docs/segment-format.md, "Plate table"). A view; thread-safe. No
// member reads outside the bytes, whatever they hold: damaged contents give wrong plates only.
class PlateLayout {
 public:
  // Errors: kCorruption when the parts do not fill `bytes` exactly or the alphabet is none.
  static Result<PlateLayout> Parse(std::span<const std::byte> bytes);

  size_t size() const { return words_.size(); }

  // By ordinal, ascending: the first codes_per_word() codes, the first in the highest bits.
  std::span<const uint64_t> words() const { return words_; }
  size_t codes_per_word() const { return codes_per_word_; }
  size_t code_bits() const { return code_bits_; }

  // The code at `place` of a word, as all words of the table hold it.
  PlateCode CodeOf(uint64_t word, size_t place) const {
    return static_cast<PlateCode>(word >> ShiftOf(place) & code_mask_);
  }
  // A word with `code` at `place` and 0 elsewhere.
  uint64_t WordOf(PlateCode code, size_t place) const { return uint64_t{code} << ShiftOf(place); }
  // Ones behind the first `places` codes.
  uint64_t OnesBehind(size_t places) const {
    return places == 0 ? ~uint64_t{0} : (uint64_t{1} << ShiftOf(places - 1)) - 1;
  }

  // The alphabet: code points in ascending order; code c is alphabet()[c - 1].
  std::span<const uint32_t> alphabet() const { return alphabet_; }
  // kUnknownCode where the alphabet lacks it.
  PlateCode CodeOfCharacter(char32_t character) const;
  // Of the code points of a text.
  std::vector<PlateCode> CodesOf(std::string_view text) const;

  // The plates with more codes than a word holds: their ordinals, ascending.
  std::span<const uint32_t> longs() const { return longs_; }
  // Where `ordinal` stands in longs(), if it does.
  std::optional<size_t> LongIndexOf(size_t ordinal) const;
  // How many codes follow the word of longs()[index], and which.
  size_t TailSize(size_t index) const;
  PlateCode TailCode(size_t index, size_t place) const;

  // All codes of a plate, kMaxPlateCodes at most; how many there are.
  size_t ReadCodes(size_t ordinal, std::span<PlateCode, kMaxPlateCodes> codes) const;
  // The same of the plate longs()[index], which is below size().
  size_t ReadLongCodes(size_t index, std::span<PlateCode, kMaxPlateCodes> codes) const;

  // The plates that start with `prefix`; the plate that is `prefix` comes first.
  OrdinalRange StartingWith(std::span<const PlateCode> prefix) const;

 private:
  size_t ShiftOf(size_t place) const { return 64 - code_bits_ * (place + 1); }
  // <0, 0, >0 as the tail of longs()[index] is before, a continuation of, or behind `codes`.
  int CompareTail(size_t index, std::span<const PlateCode> codes) const;

  std::span<const uint64_t> words_;
  std::span<const uint32_t> alphabet_;
  std::span<const uint32_t> longs_;
  std::span<const uint32_t> tail_offsets_;  // longs_.size() + 1
  std::span<const std::byte> tails_;
  size_t code_bits_ = 8;
  size_t codes_per_word_ = 8;
  uint64_t code_mask_ = 0xFF;
};

}  // namespace sightline::index
