// Common plates (区域碰撞): who was at several scenes, and how surprising that is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"
#include "core/time_zone.h"
#include "query/misread_looks.h"
#include "query/sources.h"

namespace sightline::query {

struct CommonPlatesRequest {
  std::vector<Filter> visits;  // two at least
  uint32_t min_visits = 2;     // [2, visits]
  bool merge_misreads = true;  // FindSceneMisreads
  TimeZone zone;               // of the hours and days that are compared
  std::optional<Sequence> as_of;
};

// A reading at one of the scenes.
struct SceneReading {
  uint32_t visit = 0;  // index into CommonPlatesRequest::visits
  SightingId id;
  std::string camera_id;
  std::string read_as;  // where it was read as another plate; else empty
};

// A string that counts as the plate, and why.
struct MergedPlate {
  std::string read_as;
  std::vector<uint32_t> visits;   // that it adds, ascending
  size_t readings = 0;            // of it, at the scenes and in the background
  size_t plate_readings = 0;      // of the plate, likewise
  std::vector<Attribute> agreed;  // what both look like
};

struct CommonPlate {
  std::string plate;
  std::vector<uint32_t> visits;        // at which it was, ascending
  std::vector<double> chances;         // of each visit asked about: that it would count as there
  double expected = 0;                 // visits, their sum
  double p_value = 1;                  // of so many visits or more by chance
  double q_value = 1;                  // adjusted over all plates of the scenes
  bool significant = false;            // q_value <= kFalseDiscoveryRate
  uint64_t background_readings = 0;    // of its own that the chances rest on
  std::vector<SceneReading> evidence;  // kMostEvidence of each visit at most, in order of time
  std::vector<MergedPlate> merged;     // in byte order
};

struct CommonPlatesAnswer {
  std::vector<CommonPlate> plates;  // the least p-value first
  std::vector<uint64_t> readings;   // of each visit, with a plate
  uint64_t candidates = 0;          // plates at one scene at least: the hypotheses
  uint32_t background_days = 0;     // local days with sightings that the chances rest on
  Sequence as_of = 0;
};

inline constexpr int kBackgroundDays = 28;       // before the first scene and behind the last
inline constexpr int64_t kHabitMarginMs = 30 * kMillisecondsPerMinute;
inline constexpr double kFalseDiscoveryRate = 0.05;
inline constexpr size_t kMostEvidence = 3;

// The plates that were read at `min_visits` scenes or more. All of a filter counts for who was there.
//
// Background: the chance that a plate is at a scene anyway is taken from its own other days: on k of
// the D local days within kBackgroundDays of the scenes that have sightings (working days for a scene
// on a working day, else weekends; all days where there are fewer than three such) it passed the
// scene's cameras, area or circle within the scene's hours, widened by kHabitMarginMs. The day of the
// scene does not count. The chance is (k + m) / (D + 1) with m = 1 - exp(-r q), what a vehicle of
// its r readings a day would do that drives like everybody: q is the scene's share of a day's
// readings. A scene of a day or more compares days as a whole.
//
// Misreads: a string one confusion apart that FindSceneMisreads takes for the plate counts as it at
// scenes where the plate was not read; it is no plate of its own then. The chance that a stranger's
// string is taken for it so is added to the chances.
//
// Given these chances the number of scenes it is at by chance is a sum of independent trials
// (Poisson binomial); the p-value is the chance of as many or more. Over all plates that were at a
// scene the false discovery rate is held by Benjamini and Hochberg's procedure (1995).
Result<CommonPlatesAnswer> FindCommonPlates(const Sources& sources,
                                            const CommonPlatesRequest& request,
                                            const Cancellation& cancellation);

// P(X >= least) of a sum of independent trials with these chances. Exact, O(n^2).
double ChanceOfAtLeast(const std::vector<double>& chances, size_t least);

}  // namespace sightline::query
