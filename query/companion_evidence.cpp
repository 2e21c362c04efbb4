#include "query/companion_evidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace sightline::query {
namespace {

// Of a companion: to part from the target before its next camera; not to be read by a camera that
// it passes (missed, unread or misread).
constexpr double kPart = 0.03;
constexpr double kUnseen = 0.06;

// How its distance behaves: it is kept, to within some seconds; or it is anything on the same side.
constexpr size_t kIdeas = 2;
constexpr double kKeptWithinMs = 3'000;
constexpr double kStray = 0.1;  // share of distances that follow neither

// What the drifts of one trip can speak for a companion or against it, ln: who drives at the
// target's pace keeps its distance all the way, so that later drifts say what the first ones said.
constexpr double kMostOfDrift = 3;

// Of the share of the target's trips that a companion is on: Beta(1/2, 2), mostly small.
constexpr double kBetaA = 0.5;
constexpr double kBetaB = 2;

// Where a chain of chances is cut off.
constexpr double kLeastTogether = 1e-3;

constexpr double kLeastChance = 1e-5;
constexpr double kMostChance = 0.9;

double LogMean(std::span<const double> logs) {
  const double most = *std::ranges::max_element(logs);
  double sum = 0;
  for (const double value : logs) sum += std::exp(value - most);
  return most + std::log(sum / static_cast<double>(logs.size()));
}

double LogBeta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

// The density of a companion's next offset, per millisecond.
std::array<double, kIdeas> CompanionDensities(int32_t before_ms, int32_t offset_ms,
                                              int32_t presence_ms) {
  const double stray = kStray / (2.0 * presence_ms);
  const double kept =
      std::exp(-std::abs(offset_ms - before_ms) / kKeptWithinMs) / (2 * kKeptWithinMs);
  const bool same_side = (offset_ms < 0) == (before_ms < 0);
  return {(1 - kStray) * kept + stray,
          (same_side ? (1 - kStray) / presence_ms : 0.0) + stray};
}

class TripWeighing {
 public:
  TripWeighing(const CompanionTarget& target, const CompanionReach& reach, int32_t within_ms,
               std::span<const Meeting> meetings, const CompanionNull::Own& own,
               CompanionNull& null)
      : target_(target),
        reach_(reach),
        within_ms_(within_ms),
        meetings_(meetings),
        own_(own),
        null_(null) {}

  TripEvidence Weigh(uint32_t trip, size_t begin, size_t end) {
    TripEvidence evidence{.trip = trip, .begin = begin, .end = end};
    evidence.log_ratios.assign(kIdeas, 0);
    drift_ratios_ = {};
    for (size_t i = begin; i + 1 < end; ++i) {
      AddStep(meetings_[i], meetings_[i + 1], i + 1 - begin, evidence);
    }
    for (size_t idea = 0; idea < kIdeas; ++idea) {
      evidence.log_ratios[idea] += std::clamp(drift_ratios_[idea], -kMostOfDrift, kMostOfDrift);
    }
    const uint32_t first = meetings_[begin].reading;
    const uint32_t last = meetings_[end - 1].reading;
    const TripRange& range = target_.trips[trip];
    const size_t stayed = end - begin;
    if (first > range.begin) AddEdge(null_.Share(first, first - 1, stayed, own_), evidence);
    if (last + 1 < range.end) AddEdge(null_.Share(last, last + 1, stayed, own_), evidence);
    evidence.expected = Expected(range, meetings_[begin]);
    return evidence;
  }

 private:
  // `stayed`: meetings up to `before`, of this trip.
  void AddStep(const Meeting& before, const Meeting& after, size_t stayed,
               TripEvidence& evidence) {
    const uint32_t steps = after.reading - before.reading;
    const double share = null_.Share(before.reading, after.reading, stayed, own_);
    const double drift = null_.DriftDensity(before.reading, after.reading, stayed,
                                            after.offset_ms - before.offset_ms, own_);
    const double stays = std::pow(1 - kPart, steps) * std::pow(kUnseen, steps - 1) * (1 - kUnseen);
    const auto densities =
        CompanionDensities(before.offset_ms, after.offset_ms, reach_.presence_ms);
    for (size_t idea = 0; idea < kIdeas; ++idea) {
      evidence.log_ratios[idea] += std::log(stays / share);
      drift_ratios_[idea] += std::log(densities[idea] / drift);
    }
  }

  // The trip goes on without it: never in its favour.
  static void AddEdge(double share, TripEvidence& evidence) {
    const double companion = kPart + (1 - kPart) * kUnseen;
    const double ratio = std::min(0.0, std::log(companion / std::max(1 - share, 1e-3)));
    for (double& sum : evidence.log_ratios) sum += ratio;
  }

  // The first meeting, and a chain of chances both ways from there.
  double Expected(const TripRange& range, const Meeting& first) {
    const double within = std::min(1.0, static_cast<double>(within_ms_) / reach_.presence_ms);
    const auto chain = [&](int64_t from, int64_t to, int64_t step) {
      double sum = 0;
      double together = 1;
      size_t stayed = 1;
      for (int64_t i = from; i != to && together > kLeastTogether; i += step) {
        together *=
            null_.Share(static_cast<uint32_t>(i), static_cast<uint32_t>(i + step), stayed++, own_);
        sum += together * within;
      }
      return sum;
    };
    return 1 + chain(first.reading, static_cast<int64_t>(range.end) - 1, 1) +
           chain(first.reading, static_cast<int64_t>(range.begin), -1);
  }

  const CompanionTarget& target_;
  const CompanionReach& reach_;
  const int32_t within_ms_;
  const std::span<const Meeting> meetings_;
  const CompanionNull::Own& own_;
  CompanionNull& null_;
  std::array<double, kIdeas> drift_ratios_ = {};  // ln, of the trip at hand
};

}  // namespace

std::vector<TripRange> CutApart(std::span<const PlateReading> readings,
                                const TravelTimes& travel_times) {
  constexpr auto kMarginMs = static_cast<int64_t>(kTripMarginSeconds * 1000);
  std::vector<TripRange> trips;
  for (size_t i = 0; i < readings.size(); ++i) {
    if (i == 0 || (readings[i].time - readings[i - 1].time > kMarginMs &&
                   EndsTrip(readings[i - 1], readings[i], travel_times))) {
      trips.push_back({i, i});
    }
    trips.back().end = i + 1;
  }
  return trips;
}

std::vector<TripEvidence> WeighTrips(const CompanionTarget& target, const CompanionReach& reach,
                                     int32_t within_ms, std::span<const Meeting> meetings,
                                     const CompanionNull::Own& own, CompanionNull& null) {
  TripWeighing weighing(target, reach, within_ms, meetings, own, null);
  std::vector<TripEvidence> evidence;
  for (size_t begin = 0; begin < meetings.size();) {
    const uint32_t trip = target.trip_of[meetings[begin].reading];
    size_t end = begin + 1;
    while (end < meetings.size() && target.trip_of[meetings[end].reading] == trip) ++end;
    evidence.push_back(weighing.Weigh(trip, begin, end));
    begin = end;
  }
  return evidence;
}

double WeighTogether(std::span<const TripEvidence> trips, std::span<const double> chances) {
  std::array<double, kIdeas> sums{};
  double stranger = 0;
  double log_none = 0;
  for (const double chance : chances) {
    log_none += std::log1p(-std::clamp(chance, kLeastChance, kMostChance));
  }
  for (const TripEvidence& trip : trips) {
    const double chance = std::clamp(chances[trip.trip], kLeastChance, kMostChance);
    stranger += std::log(chance) - std::log1p(-chance);
    for (size_t idea = 0; idea < kIdeas; ++idea) sums[idea] += trip.log_ratios[idea];
  }
  stranger += log_none - std::log(-std::expm1(log_none));

  const auto all = static_cast<double>(chances.size());
  const auto met = static_cast<double>(trips.size());
  const double log_never = LogBeta(kBetaA, all + kBetaB) - LogBeta(kBetaA, kBetaB);
  const double companion = LogBeta(met + kBetaA, all - met + kBetaB) - LogBeta(kBetaA, kBetaB) -
                           std::log(-std::expm1(log_never));
  return LogMean(sums) + companion - stranger;
}

double PValueOf(double log_ratio) { return std::min(1.0, std::exp(-log_ratio)); }

}  // namespace sightline::query
