// Companions: who travels with one vehicle, told from who merely drives where it does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting_id.h"
#include "core/time.h"
#include "query/sources.h"
#include "query/travel_times.h"

namespace sightline::query {

// Whose companions: one of the three.
struct CompanionTargetQuery {
  std::string plate;  // normalised
  std::vector<SightingId> sightings;
  std::optional<Filter> filter;
};

struct CompanionsRequest {
  CompanionTargetQuery target;
  Interval time;
  int32_t within_ms = 10'000;   // (0, kMaxWithinMs]: apart at a camera, at most
  uint32_t min_cameras = 2;     // >= 1: distinct ones at which they met so
  size_t limit = 100;           // companions in the answer
  size_t evidence_limit = 100;  // meetings given of each
  // Where not empty (ascending): these plates alone are weighed; the others are crowd.
  std::vector<std::string> only;
  std::optional<Sequence> as_of;

  static constexpr int32_t kMaxWithinMs = 300'000;
};

// Readings that a target may have in the window.
inline constexpr size_t kMaxTargetReadings = 20'000;
// Significant: a q-value of at most this.
inline constexpr double kFalseDiscoveryRate = 0.05;

enum class CompanionOrder : uint8_t { kAhead, kBehind, kMixed };

struct CompanionMeeting {
  std::string camera_id;
  TimestampMs time;        // of the target's reading
  TimestampMs other_time;  // of the companion's
  SightingId id;
  SightingId other_id;
  std::string read_as;     // where the companion was read as another plate; else empty

  bool operator==(const CompanionMeeting&) const = default;
};

struct Companion {
  std::string plate;
  uint32_t cameras = 0;    // distinct, met at within the time asked for
  uint32_t meetings = 0;   // of the target's readings
  uint32_t trips = 0;      // of the target's trips, with a meeting
  uint32_t days = 0;       // UTC
  double expected = 0;     // meetings of a stranger with its habits that meets the target at all
  double p_value = 1;      // PValueOf (companion_evidence.h)
  double q_value = 1;      // adjusted for all hypotheses
  bool significant = false;
  CompanionOrder order = CompanionOrder::kMixed;
  double median_gap_s = 0;  // by which it passes later than the target; negative: earlier
  double score = 0;         // log10 of how much better companionship explains the passes
  std::vector<CompanionMeeting> evidence;  // in order of time, evidence_limit at most

  bool operator==(const Companion&) const = default;
};

struct CompanionsAnswer {
  std::vector<Companion> companions;  // the least likely by chance first
  std::vector<std::string> plates;    // of the target, as read; ascending
  size_t readings = 0;                // of the target
  size_t trips = 0;
  uint64_t hypotheses = 0;            // vehicles that were present with the target at all
  double crowd = 0;                   // of other vehicles within within_ms of a reading, the mean
  int32_t presence_ms = 0;            // CompanionReach
  Sequence as_of = 0;
};

// Operation: 1. the target's readings and trips; 2. everyone who passed its cameras around the same
// moments (CompanionCrowd); 3. each weighed as companion against stranger (WeighTrips), the best of
// them against what their own readings say of their habits (TargetSchedule); readings of a plate
// one confusion apart from a candidate, where it should have been and the attributes agree, count
// as its; 4. false discoveries are controlled over all of them.
//
// Errors: kNotFound for an unknown sighting; kUnacceptable for more than kMaxTargetReadings
// readings; `cancellation`'s. Needs sources.columns. Deterministic for one as_of. Thread-safe.
Result<CompanionsAnswer> FindCompanions(const Sources& sources, const CompanionsRequest& request,
                                        const TravelTimes& travel_times,
                                        const Cancellation& cancellation);

}  // namespace sightline::query
