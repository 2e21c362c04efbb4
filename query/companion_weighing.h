// Weighs everyone who was present with a target: which of them travel with it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "query/companion_crowd.h"
#include "query/companion_evidence.h"
#include "query/plate_readings.h"
#include "query/travel_times.h"

namespace sightline::query {

struct CompanionWeighingOptions {
  int32_t within_ms = 10'000;
  uint32_t min_cameras = 2;
  double days = 1;  // of the window, > 0
  // Where not empty (ascending): these plates alone are weighed; the others are crowd.
  std::span<const std::string> only = {};
};

// Where the weighing looks into single vehicles. Callables may not be null.
struct CompanionLookups {
  // All readings of a plate in the window, in order of time.
  std::function<Result<std::vector<PlateReading>>(const std::string& plate)> readings;
  // Whether two passes, of plates one confusion apart, look like one vehicle.
  std::function<Result<bool>(const CrowdPass& a, const CrowdPass& b)> look_alike;
};

struct WeighedCompanion {
  std::string plate;
  std::vector<Meeting> meetings;  // present with the target, one a reading, in order
  double expected = 0;            // as of Companion
  double log_ratio = 0;           // WeighTogether
  double p_value = 1;
  double q_value = 1;
};

struct WeighedCrowd {
  // Those who met the target within within_ms at min_cameras cameras; by rising p-value, then by
  // more meetings, then by plate.
  std::vector<WeighedCompanion> companions;
  uint64_t hypotheses = 0;
  double crowd = 0;  // the mean number within within_ms of a reading of the target
};

// How many candidates are held against their habits, and put together from misreads: the likeliest.
// Of the others none is significant.
inline constexpr size_t kCandidatesLookedInto = 48;

// `target_plates`: ascending; plates that are misreads of them, beside the target itself, are not
// its companions. The target has at least one reading.
Result<WeighedCrowd> WeighCompanions(const CompanionTarget& target, const CompanionCrowd& crowd,
                                     std::span<const std::string> target_plates,
                                     const CompanionWeighingOptions& options,
                                     const TravelTimes& travel_times,
                                     const CompanionLookups& lookups,
                                     const Cancellation& cancellation);

}  // namespace sightline::query
