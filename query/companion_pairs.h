// Pairs of vehicles that meet again and again, out of all that meet in a window.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/time.h"
#include "query/sources.h"

namespace sightline::query {

struct CompanionPairOptions {
  Interval time;
  int32_t within_ms = 10'000;
  uint32_t min_cameras = 2;
  Sequence as_of = 0;
  // Memory for the meetings that are looked at in one go.
  uint64_t bytes = uint64_t{1} << 30;
  size_t max_pairs = 6'000;  // kept: the least likely by chance
};

// A pair by the hashes of its plates.
struct PairKey {
  uint64_t value = 0;
  auto operator<=>(const PairKey&) const = default;
};

struct KeptPair {
  PairKey key;
  double surprise = 0;  // -ln of a rough chance
  auto operator<=>(const KeptPair&) const = default;
};

// How often strangers who met meet again, over all pairs of a sample.
struct MeetAgainRates {
  static constexpr size_t kLengths = 5;
  // After so many meetings in a row: 1, 2, up to 4, up to 7, more.
  std::array<double, kLengths> goes_on = {};
  double another_trip = 0;
};

// Operation: meetings (two plates at one camera within within_ms) are made from the readings in
// order of time, camera by camera, and never all held: pairs are split by hash into parts, each of
// which the readings are run through for again. The first look, at a small share of the pairs, says
// how many parts it takes and how often strangers meet again: what a pair must beat. Of each part
// the pairs that are the least likely are kept, max_pairs in all.
//
// Memory: `bytes`, and 8 bytes a plate and day. Not thread-safe. Deterministic. Errors: the
// index's, kCancelled.
class CompanionPairs {
 public:
  // Copyable: what a later run goes on from.
  struct State {
    uint32_t parts = 0;  // 0: not sampled yet
    uint32_t next_part = 0;
    uint64_t pairs = 0;  // that met at all, of the parts that are done
    MeetAgainRates rates;
    std::vector<KeptPair> kept;  // the most surprising first
  };

  // What `sources` points to outlives the object; it has columns.
  CompanionPairs(const Sources& sources, CompanionPairOptions options, State state);

  // Does the sample, or one part; false: all is done.
  Result<bool> Step(const Cancellation& cancellation);
  const State& state() const { return state_; }
  double progress() const;

  // The plates of the pairs that were kept, the lesser first, in the order of state().kept.
  Result<std::vector<std::pair<std::string, std::string>>> NameKept(
      const Cancellation& cancellation);

 private:
  struct Meeting {
    PairKey pair;
    uint32_t second = 0;  // since the start of the window
    uint32_t camera = 0;
  };
  struct Pass {
    int64_t ms = 0;  // since the epoch
    uint64_t plate = 0;
    uint32_t number = 0;  // of the plate, on its day
    uint32_t day = 0;     // in days_
  };
  struct Day {
    sightline::Day day;
    std::vector<uint64_t> hashes;  // of its plates by number; filled at its first use
  };

  // Calls meet(earlier pass, later pass, camera number, the later's day in days_) for each meeting.
  template <typename Meet>
  Status VisitMeetings(const Cancellation& cancellation, Meet meet);
  // Sorted by pair and time, cut between pairs.
  using Heaps = std::vector<std::vector<Meeting>>;
  Result<Heaps> MeetingsOfPart(uint32_t part, uint32_t parts, const Cancellation& cancellation);
  void Learn(const Heaps& sample);
  void Keep(const Heaps& meetings);

  const Sources sources_;
  const CompanionPairOptions options_;
  State state_;
  std::vector<Day> days_;
};

}  // namespace sightline::query
