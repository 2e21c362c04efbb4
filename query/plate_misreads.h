// Finds misreads among the plates that were read, without knowing the truth, and counts them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "query/plate_reading_data.h"

namespace sightline::query {

// A string that cameras read.
struct SeenPlate {
  std::u32string characters;
  double readings = 0;
  // Where neighbours of it are sure to be among the plates: those that differ in the first
  // characters, those that differ in the others. Both, where the plates are all there are.
  bool complete_in_head = true;
  bool complete_in_tail = true;
};

// The head of a plate, for SeenPlate: province, office and the first of the number.
inline constexpr size_t kPlateHead = 3;

// One string that is probably a misread of another.
struct MisreadPair {
  uint32_t read = 0;   // index of a SeenPlate
  uint32_t truth = 0;
  double weight = 0;   // P(a reading of `read` is of `truth`)
  int changes = 1;
};

struct FoundMisreads {
  // What was counted; nothing of cameras and confidences.
  PlateReadingCounts counts;
  std::vector<MisreadPair> pairs;  // of strings one change apart, with a weight above 0.1
};

// Expectation maximisation (Dempster, Laird, Rubin 1977) over pairs of strings that are one or two
// changes apart: the model at hand says how likely each string is a misread of which neighbour or a
// real plate; these likelihoods are counted; the counts make the next model. Which neighbours are
// real plates is weighed against how many real neighbours the frequent plates have, so that look-alike
// plates do not teach that they are misreads of each other.
//
// `start` is what is known so far; what is returned is to be added to its counts. Deterministic.
// Memory: about 150 bytes for each plate and character. Errors: `cancellation`'s.
Result<FoundMisreads> FindMisreads(const std::vector<SeenPlate>& plates,
                                   const PlateReadingData& start,
                                   const Cancellation& cancellation);

// Counts one misread as `weight` of one: its changes, kinds and characters.
void CountMisread(std::u32string_view read, std::u32string_view truth, double weight,
                  PlateReadingCounts& counts);

// Adds `more` to `counts`, camera by camera.
void AddCounts(const PlateReadingCounts& more, PlateReadingCounts& counts);

}  // namespace sightline::query
