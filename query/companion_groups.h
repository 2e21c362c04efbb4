// Every group of vehicles that moved together in a window, without a target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/time.h"
#include "query/companion_pairs.h"
#include "query/companions.h"
#include "query/sources.h"
#include "query/travel_times.h"

namespace sightline::query {

struct CompanionGroupsRequest {
  Interval time;
  int32_t within_ms = 10'000;
  uint32_t min_cameras = 2;
  size_t limit = 1'000;          // groups in the answer
  size_t evidence_limit = 10;    // meetings given of each pair
  Sequence as_of = 0;
};

// Two that travel together, as the lesser plate sees it: Companion's members are the other's.
struct CompanionPair {
  std::string plate;
  Companion other;
};

struct CompanionGroup {
  std::vector<std::string> plates;   // who drives ahead first, as far as it is told
  std::vector<CompanionPair> pairs;  // the significant ones; the least likely by chance first
  double p_value = 1;                // of the weakest pair that it takes to hold all together
};

struct CompanionGroupsAnswer {
  std::vector<CompanionGroup> groups;  // the least likely by chance first
  uint64_t groups_found = 0;           // with those beyond the limit
  uint64_t hypotheses = 0;             // pairs that met at all
  uint64_t pairs_weighed = 0;
};

// Operation: 1. CompanionPairs finds the pairs that meet more often than strangers do; 2. each of
// them is weighed as FindCompanions does, from both sides, and the less sure side counts; the other
// side is asked only where the first leaves it a chance to be significant; 3. false discoveries are
// controlled over all pairs that met at all; 4. significant pairs that share a vehicle make a group.
//
// Step() does a part of it and may be called from another thread each time, one at a time. What
// `sources` points to and `travel_times` outlive the object. Deterministic for one as_of.
class CompanionGroupSearch {
 public:
  // `state`: of an earlier run with the same request, to go on from; else empty.
  CompanionGroupSearch(const Sources& sources, CompanionGroupsRequest request,
                       std::shared_ptr<const TravelTimes> travel_times,
                       CompanionPairs::State state);

  // False: all is done. Errors: the index's and the store's; kCancelled.
  Result<bool> Step(const Cancellation& cancellation);
  double progress() const;  // [0, 1]

  // What a later run can go on from: the weighing of pairs begins again.
  const CompanionPairs::State& state() const { return pairs_.state(); }

  // Of the pairs weighed so far.
  CompanionGroupsAnswer Answer() const;

 private:
  // A pair as one of its plates sees it.
  struct Side {
    std::string plate;
    Companion companion;  // the other
  };

  // Each pair from the side of the plate that is in more of them: one look at it serves all.
  void AskEachOnce(const std::vector<std::pair<std::string, std::string>>& pairs);
  void AskOtherSides();
  Status WeighPartners(size_t plate, const Cancellation& cancellation);
  static CompanionPair Join(Side first, Side second);

  const Sources sources_;
  const CompanionGroupsRequest request_;
  const std::shared_ptr<const TravelTimes> travel_times_;
  CompanionPairs pairs_;
  bool is_named_ = false;
  size_t pairs_named_ = 0;
  bool is_second_side_ = false;
  // Whom each plate is weighed against, ascending.
  std::map<std::string, std::vector<std::string>> partners_;
  std::vector<std::string> plates_;  // that are asked, of the sides at hand
  size_t next_plate_ = 0;
  // By (lesser, greater) plate: those weighed from one side.
  std::map<std::pair<std::string, std::string>, Side> waiting_;
  uint64_t pairs_weighed_ = 0;
  std::vector<CompanionPair> weighed_;  // from both
};

}  // namespace sightline::query
