// How far two plates are apart in characters.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/filter.h"

namespace sightline {

// The fewest characters (code points) inserted, lost or changed that turn `text` into `plate`
// (Levenshtein). '?' in `text` equals any one character. Both normalised. O(text x plate).
int PlateDistance(std::string_view text, std::string_view plate);

// The same where it is at most `max` (>= 0), nothing where it is more. Stops at the first character
// that leaves no way back.
std::optional<int> WithinPlateDistance(std::string_view text, std::string_view plate, int max);

// Which characters a plate has: a bit for each, which others share. An error changes two at most.
uint64_t PlateSketch(std::string_view plate);

// WithinPlateDistance of one text and many plates, some tens of nanoseconds each. Thread-safe.
class PlateNeighbourhood {
 public:
  // As core/filter.h says: at most 64 characters, [0, 3] errors.
  explicit PlateNeighbourhood(const PlateLike& like);

  // The distance of a normalised plate, nothing where it is more than the neighbourhood's.
  std::optional<int> Distance(std::string_view plate) const;

  // False: no plate with this sketch has a distance. For many plates whose sketches are at hand.
  bool MayHold(uint64_t sketch) const;

 private:
  uint64_t Equal(char32_t character) const;

  size_t size_;
  int max_distance_;
  uint64_t sketch_ = 0;                  // of the text but for every '?'
  int most_differing_ = 0;               // bits of a plate's sketch from this one
  uint64_t wildcards_ = 0;               // a bit for every '?' of the text
  std::array<uint64_t, 128> ascii_{};    // by character: the places of the text that equal it
  std::vector<std::pair<char32_t, uint64_t>> others_;  // the same of the text's other characters
};

}  // namespace sightline
