#include "query/travel_bound.h"

#include <cmath>

namespace sightline::query {
namespace {

constexpr double kMillisecondsPerSecond = 1'000;
constexpr double kKmhPerMetersPerSecond = 3.6;

}  // namespace

TravelVerdict JudgeTravel(const TravelBound& bound, const Sighting& a, const Sighting& b) {
  TravelVerdict verdict;
  verdict.gap_s = std::abs(static_cast<double>(a.time - b.time)) / kMillisecondsPerSecond;
  if (!a.location || !b.location) return verdict;
  verdict.distance = GreatCircleDistance(*a.location, *b.location);
  if (verdict.gap_s > 0) {
    verdict.required = Kmh{verdict.distance.value / verdict.gap_s * kKmhPerMetersPerSecond};
  }
  const double reach = bound.max_speed.value / kKmhPerMetersPerSecond *
                       (verdict.gap_s + bound.slack_s);
  verdict.possible = verdict.distance.value - bound.slack.value <= reach;
  return verdict;
}

}  // namespace sightline::query
