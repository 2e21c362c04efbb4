// Learning what distances say of vehicles, from what is stored.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/time.h"
#include "core/vector_space.h"
#include "query/similarity.h"
#include "storage/store.h"

namespace sightline::query {

// A sample is enough, and bounds the time: some 0.25 s of one processor for vectors of 128 bytes
// and 0.5 s for 512, however much is stored.
struct SimilarityLearningLimits {
  size_t readings = 2'000;       // each of another plate
  size_t same_pairs = 4'000;     // about; a plate gives eight at most
  size_t other_pairs = 250'000;  // of the readings whose plate was read again
  size_t days = 8;               // the newest with sightings
  size_t probes = 20'000;        // of a day: places in it that are looked at
};

// A model of the space from a sample of the store; null where the sample is too small for one.
//  - Readings are drawn from the newest days, each reading as likely as any other, but at most one
//    of a plate: a plate with a thousand readings counts as one with two.
//  - Same vehicle: a drawn reading and others of its plate on the days that were looked at. Pairs
//    that no vehicle can have driven (query/travel_bound.h: a clone, a misread, a wrong clock) are
//    left out.
//  - Other vehicles: pairs of drawn readings whose plates were read more than once, as misreads
//    rarely are, and differ; by more than one character where the readings look alike.
// What contaminates the pairs of one plate beyond that weighs little, since other pairs weigh
// kOtherCandidates times as much.
//
// Deterministic for the same store. Errors: the store's; `cancellation`'s.
Result<std::shared_ptr<const SimilarityModel>> LearnSimilarity(
    storage::Store& store, const VectorSpace& space, TimestampMs now,
    const SimilarityLearningLimits& limits, const Cancellation& cancellation);

// Durable on return.
Status SaveSimilarity(storage::Store& store, const std::string& space,
                      const SimilarityModel& model);

// What was learned and saved, by space. Errors: the store's; kCorruption for what does not parse.
Result<std::map<std::string, std::shared_ptr<const SimilarityModel>>> LoadSimilarity(
    const storage::Store& store);

}  // namespace sightline::query
