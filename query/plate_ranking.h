// Which plate a half-remembered or misread text means, and how likely a reading is of that plate.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/filter.h"
#include "query/plate_reading_model.h"

namespace sightline::query {

// A string that cameras read, within the distance that was asked for.
struct PlateCandidate {
  std::string plate;
  // How often, in all that is known of the time asked for: other members of the filter would hide
  // the evidence of which plates are real.
  uint64_t readings = 0;
  int differences = 0;  // PlateDistance(text, plate)
};

struct RankedPlate {
  std::string plate;
  int differences = 0;
  double asked = 0;        // P(the plate asked for is this one)
  double probability = 0;  // P(a reading of this string is of the plate asked for)
};

// What a row says besides its plate.
struct ReadingEvidence {
  std::string_view camera_id;        // empty: unknown
  std::optional<double> confidence;  // the reader's own, [0, 1]
};

// The probabilities of one question (docs/plate-likeness.md has the derivation).
//
// Each candidate string is a real plate, or nothing but misreads of others; how often each was read,
// and how likely one is read as another, tells which (a string read once beside a look-alike that was
// read forty times is a misread of it). The text is one more reading, by a reader who errs more often
// than a camera does. What was read of plates that are not among the candidates, since they are
// further from the text, is accounted for by the density of plates around the text.
//
// Deterministic: the same candidates in any order give the same ranking. Immutable; thread-safe.
// Cost: about 1 µs for each pair of a candidate and one of the kMaxSources likeliest sources.
class PlateRanking {
 public:
  static constexpr size_t kMaxSources = 128;

  // `candidates` are distinct and hold every plate of the time asked for within like.max_distance.
  PlateRanking(const PlateLike& like, std::span<const PlateCandidate> candidates,
               std::shared_ptr<const PlateReadingModel> model);
  ~PlateRanking();
  PlateRanking(PlateRanking&&) noexcept;
  PlateRanking& operator=(PlateRanking&&) noexcept;

  // By falling probability; equal ones by fewer differences, then by bytes.
  const std::vector<RankedPlate>& plates() const;
  // P(the plate asked for is none of them).
  double none() const;

  // Null when `plate` is no candidate.
  const RankedPlate* Find(std::string_view plate) const;

  // P(this reading is of the plate asked for), given the camera and the confidence too. 0 when
  // `plate` is no candidate.
  double RowProbability(std::string_view plate, const ReadingEvidence& evidence) const;

 private:
  class Tables;
  std::unique_ptr<const Tables> tables_;
};

}  // namespace sightline::query
