// The plates near the one that is asked for, how likely each is, and on which days it was read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "query/plate_match.h"
#include "query/search_cost.h"
#include "query/sources.h"

namespace sightline::query {

// A plate that was read within the time asked for.
struct NearPlate {
  std::string plate;
  PlateMatch match;  // of a reading of it
  double asked = 0;  // P(the plate asked for is this one)
  std::vector<std::pair<Day, uint32_t>> rows;  // how many it has of each day, days ascending
};

// Operation: the days' plate tables (without columns: the dictionary of all plates) name the
// strings within the distance; how often each was read in the time asked for, as of a sequence, is
// counted by the plate index, and PlateRanking weighs them. All of it depends on the question and
// on `as_of` alone, so that the pages of an answer agree on every probability.
//
// Limitations: where very many plates lie near, kMaxRanked of them are weighed: of those that a
// person who asks so most likely means (PlateReadingModel::AskedProbability), the ones most often
// read. The probability of all others is 0. Memory: some thousand plates, and the near plates of
// one day.
//
// Immutable; thread-safe.
class NearPlates {
 public:
  static constexpr size_t kMaxRanked = 256;

  NearPlates(NearPlates&&) = default;
  NearPlates& operator=(NearPlates&&) = default;

  // `days`: those of `time`, ascending.
  static Result<NearPlates> Find(const Sources& sources, const PlateLike& like, Interval time,
                                 std::span<const Day> days, Sequence as_of,
                                 const Cancellation& cancellation, SearchCost& cost);

  // By falling probability; equal ones by fewer differences, then by bytes.
  std::span<const NearPlate> ranked() const { return ranked_; }

  // Whether these are all that was read; else there are others, of probability 0.
  bool all_ranked() const { return all_ranked_; }

  // Of a plate that lies near.
  PlateMatch Match(std::string_view plate) const;

 private:
  NearPlates(PlateLike like, std::vector<NearPlate> ranked, bool all_ranked);

  PlateLike like_;
  std::vector<NearPlate> ranked_;
  std::unordered_map<std::string_view, size_t> places_;  // in ranked_, whose texts it views
  bool all_ranked_ = true;
};

}  // namespace sightline::query
