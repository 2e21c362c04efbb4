// How likely a camera reads one plate as another.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "query/plate_reading_data.h"

namespace sightline::query {

// A noisy channel over characters. A reading is wrong with the camera's misread rate; a misread has
// one to kMaxPlateChanges changes; each change hits a place of the plate, more often a character
// that is prone to it, and is a substitution, a loss or an insertion; a substitution turns a
// character into another by the confusion matrix. Probabilities of all alignments are summed by
// dynamic programming, so that those of all strings sum to at most one.
//
// Every number is a prior with counts on top of it (Dirichlet and Gamma smoothing), of a camera on
// top of all cameras: Oliveira-Neto, Han, Jeong, "An online self-learning algorithm for license plate
// matching", IEEE Trans. ITS 14 (2013), learn such a matrix from unlabelled pairs; Ristad, Yianilos,
// "Learning string-edit distance", IEEE PAMI 20 (1998), is the model of edits.
//
// Immutable; thread-safe. Copies share everything.
class PlateReadingModel {
 public:
  explicit PlateReadingModel(PlateReadingData data);

  // Of DefaultPlateReadingData(); made once.
  static std::shared_ptr<const PlateReadingModel> Default();

  const PlateReadingData& data() const;
  // Names what the model says: equal texts have equal versions. 16 hex digits.
  const std::string& version() const;

  // P(reading is a misread), over all cameras, or of one (the overall rate where it is not known).
  double MisreadRate() const;
  double MisreadRate(std::string_view camera_id) const;

  // P(more than `changes` changes | misread); a trace beyond kMaxPlateChanges.
  double MoreChangesShare(int changes) const;

  // P(a change is of that kind).
  double KindShare(PlateChange kind) const;

  // P(read | truth, the reading is a misread), 0 for equal strings and where more than
  // kMaxPlateChanges changes are needed. `camera_id` empty: over all cameras. Code points.
  double MisreadProbability(std::u32string_view read, std::u32string_view truth,
                            std::string_view camera_id = {}) const;

  // The same for a text that a person has in mind: like a misread in half of the cases, in the others
  // any character for any other. '?' in `text` is a character that the person does not know; 1 where
  // the text fits the plate.
  double AskedProbability(std::u32string_view text, std::u32string_view plate) const;

  // How alike two characters look: P(read as `read` | substituted), 0 to 1.
  double ConfusionProbability(char32_t truth, char32_t read) const;
  // Whether the pair is known to be confused, rather than one of all that may be.
  bool LooksAlike(char32_t truth, char32_t read) const;

  // P(confidence | misread) / P(confidence | correct).
  double ConfidenceRatio(double confidence) const;

  // The share of strings one character from a real plate that are real plates.
  double NeighbourDensity(bool alike) const;

 private:
  class Tables;
  std::shared_ptr<const Tables> tables_;
};

}  // namespace sightline::query
