#include "core/plate_distance.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdlib>
#include <numeric>

#include "core/error_rows.h"
#include "core/utf8.h"

namespace sightline {
namespace {

constexpr char32_t kAnyCharacter = U'?';
constexpr int kMaxErrors = 3;  // of a PlateLike

uint64_t SketchBit(char32_t character) {
  return uint64_t{1} << (character * 0x9e37'79b9'7f4a'7c15 >> 58);
}

}  // namespace

int PlateDistance(std::string_view text, std::string_view plate) {
  return *WithinPlateDistance(text, plate, static_cast<int>(text.size() + plate.size()));
}

std::optional<int> WithinPlateDistance(std::string_view text, std::string_view plate, int max) {
  const std::u32string wanted = CodePoints(text);
  const std::u32string read = CodePoints(plate);
  const auto longer = static_cast<std::ptrdiff_t>(wanted.size() - read.size());
  if (std::abs(longer) > max) return std::nullopt;
  // row[i]: the distance of the first i characters of the text from the characters read so far.
  std::vector<int> row(wanted.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (const char32_t c : read) {
    int diagonal = row[0]++;
    int least = row[0];
    for (size_t i = 1; i < row.size(); ++i) {
      const bool same = wanted[i - 1] == c || wanted[i - 1] == kAnyCharacter;
      const int changed = diagonal + (same ? 0 : 1);
      diagonal = row[i];
      row[i] = std::min({changed, row[i] + 1, row[i - 1] + 1});
      least = std::min(least, row[i]);
    }
    if (least > max) return std::nullopt;
  }
  if (row.back() > max) return std::nullopt;
  return row.back();
}

uint64_t PlateSketch(std::string_view plate) {
  uint64_t sketch = 0;
  for (size_t at = 0; at < plate.size();) sketch |= SketchBit(NextCodePoint(plate, at));
  return sketch;
}

PlateNeighbourhood::PlateNeighbourhood(const PlateLike& like) : max_distance_(like.max_distance) {
  const std::u32string text = CodePoints(like.text);
  size_ = text.size();
  assert(size_ >= 1 && size_ <= 64 && max_distance_ >= 0 && max_distance_ <= kMaxErrors);
  for (size_t i = 0; i < size_; ++i) {
    const char32_t c = text[i];
    const uint64_t bit = uint64_t{1} << i;
    if (c == kAnyCharacter) {
      wildcards_ |= bit;
      continue;
    }
    sketch_ |= SketchBit(c);
    if (c < ascii_.size()) {
      ascii_[c] |= bit;
    } else {
      auto known = std::ranges::find(others_, c, &std::pair<char32_t, uint64_t>::first);
      if (known == others_.end()) known = others_.insert(known, {c, 0});
      known->second |= bit;
    }
  }
  most_differing_ = 2 * max_distance_ + std::popcount(wildcards_);
}

uint64_t PlateNeighbourhood::Equal(char32_t c) const {
  if (c < ascii_.size()) return ascii_[c] | wildcards_;
  for (const auto& [other, places] : others_) {
    if (other == c) return places | wildcards_;
  }
  return wildcards_;
}

std::optional<int> PlateNeighbourhood::Distance(std::string_view plate) const {
  const uint64_t used = ~uint64_t{0} >> (64 - size_);
  ErrorRows<kMaxErrors> rows;
  size_t read = 0;
  for (size_t at = 0; at < plate.size();) {
    rows = rows.Next(Equal(NextCodePoint(plate, at)), read);
    if (!rows.IsAlive(used, ++read)) return std::nullopt;
  }
  const int distance = rows.Distance(size_);
  if (distance > max_distance_) return std::nullopt;
  return distance;
}

bool PlateNeighbourhood::MayHold(uint64_t sketch) const {
  uint64_t differing = sketch ^ sketch_;
  for (int i = 0; i < most_differing_; ++i) differing &= differing - 1;
  return differing == 0;
}

}  // namespace sightline
