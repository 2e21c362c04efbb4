// Sets of plates for tests, of the kinds that a table has to do with.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace sightline::index {

enum class PlateKind {
  kChinese,      // one province, letters and digits, 7 to 9 characters, many alike
  kFewLetters,   // 1 to 12 characters of three: every length, every neighbour
  kPseudonyms,   // 40 hexadecimal digits
  kManyScripts,  // 1 to 64 bytes of Latin, Arabic, Thai, Han and what lies beyond U+FFFF
  kWideCodes,    // more characters than one byte can number
  kWidestCodes,  // more than two bytes can
};

inline constexpr PlateKind kPlateKinds[] = {PlateKind::kChinese,     PlateKind::kFewLetters,
                                            PlateKind::kPseudonyms,  PlateKind::kManyScripts,
                                            PlateKind::kWideCodes,   PlateKind::kWidestCodes};

// About `count` plates, ascending and distinct.
std::vector<std::string> RandomPlates(std::mt19937_64& random, PlateKind kind, size_t count);

// A normalised pattern that may match some of the plates.
std::string RandomPattern(std::mt19937_64& random, const std::vector<std::string>& plates);

// A text of 1 to 64 bytes that may be near some of the plates.
std::string RandomText(std::mt19937_64& random, const std::vector<std::string>& plates);

}  // namespace sightline::index
