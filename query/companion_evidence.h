// How much better "it travels with the target" explains a vehicle's passes than "it is a stranger".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "query/companion_crowd.h"
#include "query/companion_null.h"
#include "query/trips.h"

namespace sightline::query {

// Trips as companions are counted by: they end where the vehicle stopped (EndsTrip), but for stops
// shorter than kTripMarginSeconds. Two that wait in one jam, or at one level crossing, have not met
// again behind it. Every reading is in one.
std::vector<TripRange> CutApart(std::span<const PlateReading> readings,
                                const TravelTimes& travel_times);

// One pass of a candidate beside the target, within CompanionReach::presence_ms.
struct Meeting {
  uint32_t reading = 0;  // of the target
  int32_t offset_ms = 0;
  uint64_t identity_hash = 0;  // of the candidate's reading
  std::string read_as;         // where that was another plate, one confusion apart; else empty
};

// The readings of the target with their trips. Referred-to memory outlives it.
struct CompanionTarget {
  std::span<const PlateReading> readings;  // in order of time
  std::span<const TripRange> trips;
  std::span<const uint32_t> trip_of;       // of each reading
};

// What one trip that was met on says.
struct TripEvidence {
  uint32_t trip = 0;
  size_t begin = 0;  // in the candidate's meetings
  size_t end = 0;
  // ln P(the passes after the first | companion) - ln P(... | stranger), for each idea of how
  // companions drive.
  std::vector<double> log_ratios;
  double expected = 0;  // meetings within the time asked for that a stranger has who meets once
};

// The test. On each trip a stranger that is beside the target once is followed by CompanionNull. A
// companion stays until it parts (a chance per camera), is missed by a camera now and then, and
// either keeps its distance or stays on its side of the target; which, need not be known: the ratio
// is the mean over both. Cameras in a row on one road hence weigh as little as the crowd there that
// stays together.
//
// `meetings`: in order of reading, one a reading. `within_ms`: for TripEvidence::expected alone.
std::vector<TripEvidence> WeighTrips(const CompanionTarget& target, const CompanionReach& reach,
                                     int32_t within_ms, std::span<const Meeting> meetings,
                                     const CompanionNull::Own& own, CompanionNull& null);

// ln of the ratio over all trips. `chances`: for each of the target's trips, P(a stranger with this
// candidate's habits meets the target on it at all). Who never met is no candidate: both sides are
// conditional on one trip with a meeting. How often companions travel together is not known either:
// its distribution is a beta, which makes the numbers of trips a beta-binomial.
double WeighTogether(std::span<const TripEvidence> trips, std::span<const double> chances);

// A ratio of likelihoods has mean 1 under its null, so it exceeds x with a chance of 1/x at most
// (Markov). The bound holds whatever the ratio is made of, and Benjamini-Hochberg on it controls
// the false discoveries under any dependence between candidates: Wang, Ramdas, "False discovery
// rate control with e-values", J. R. Stat. Soc. B 84 (2022).
double PValueOf(double log_ratio);

}  // namespace sightline::query
