// What is known of how cameras misread plates, as it stands in a file: assumptions and counts.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/sighting.h"

namespace sightline::query {

// Misreads with more changes than this are not told from chance.
inline constexpr int kMaxPlateChanges = 3;
// Confidences are looked at in tenths: [0, 0.1), ..., [0.9, 1].
inline constexpr int kConfidenceBins = 10;

enum class PlateChange : uint8_t { kSubstitution, kLoss, kInsertion };
inline constexpr int kPlateChanges = 3;

// From (true character, read character) to something.
using CharacterPairs = std::map<std::pair<char32_t, char32_t>, double>;

// What is assumed before anything was seen, and how strongly: a weight is the number of observations
// that would count as much.
struct PlateReadingPrior {
  double misread_rate = 0.03;  // of readings, (0, 0.5]
  double misread_rate_weight = 500;
  // Of misreads, the share with 1, 2, 3 changes; sums to 1.
  std::array<double, kMaxPlateChanges> changes = {0.84, 0.13, 0.03};
  double changes_weight = 20;
  // Of changes, the share of each PlateChange; sums to 1.
  std::array<double, kPlateChanges> kinds = {0.86, 0.08, 0.06};
  double kinds_weight = 20;
  // Of changed characters, the share that turns into one that does not look alike.
  double unlike_share = 0.3;
  double confusion_weight = 6;  // for each true character
  // Which characters look alike, and how much: relative weights among those of one true character.
  CharacterPairs alike;
  // How often a character is misread, relative to others; 1 where nothing stands.
  std::map<char32_t, double> proneness;
  double proneness_weight = 15;  // misreads
  // Cameras' misread rates scatter as a Gamma distribution of this shape around the overall rate.
  double camera_shape = 1.5;
  double camera_confusion_weight = 10;  // misreads of one character at one camera
  // The share of strings one character from a real plate that are real plates too: where the
  // characters look alike, and where they do not.
  double twin_density = 0.002;
  double neighbour_density = 0.0005;
  double density_weight = 2'000;  // strings
  // How often a person who asks has a wrong text in mind, and how often the text was copied from a
  // reading that was stored.
  double asker_error_rate = 0.1;
  double copied_share = 0.5;
  // How many times as often a person asks so about a reading that is a misread as about a right one.
  double asker_doubt = 2;
  // How much more frequent a confidence is among misreads than among correct readings.
  std::array<double, kConfidenceBins> confidence_ratio = {2, 2, 2, 2, 2, 1.8, 1.5, 1.2, 1, 0.85};
  double confidence_weight = 30;  // readings in a bin

  bool operator==(const PlateReadingPrior&) const = default;
};

// What was seen of one camera. Numbers may be fractions: doubtful cases count in part.
struct CameraReadingCounts {
  double readings = 0;
  double misreads = 0;
  CharacterPairs confusions;

  bool operator==(const CameraReadingCounts&) const = default;
};

struct PlateReadingCounts {
  double readings = 0;  // that would have been noticed had they been misread
  double misreads = 0;  // among those
  std::array<double, kMaxPlateChanges> changes = {};
  std::array<double, kPlateChanges> kinds = {};
  CharacterPairs confusions;
  // Of each true character: how often it was read or misread, and how often it was misread or lost.
  std::map<char32_t, std::pair<double, double>> characters;
  std::map<std::string, CameraReadingCounts> cameras;  // by id
  double alike_strings = 0;  // one look-alike character from a real plate ...
  double alike_plates = 0;   // ... and among them, real plates
  double other_strings = 0;
  double other_plates = 0;
  std::array<double, kConfidenceBins> confidence_correct = {};
  std::array<double, kConfidenceBins> confidence_misread = {};

  // What was there to learn from: everything up to it.
  Sequence learned_as_of = 0;

  bool operator==(const PlateReadingCounts&) const = default;
};

struct PlateReadingData {
  PlateReadingPrior prior;
  PlateReadingCounts counts;

  bool operator==(const PlateReadingData&) const = default;
};

// The text form (docs/plate-likeness.md): one statement a line, words apart by tabs, '#' comments.
// Errors: kInvalidArgument, naming line and column.
Result<PlateReadingData> ParsePlateReadingData(std::string_view text);

// The text that reads back the same.
std::string FormatPlateReadingData(const PlateReadingData& data);

// What the program is built with: query/data/plate_reading.tsv.
const PlateReadingData& DefaultPlateReadingData();

}  // namespace sightline::query
