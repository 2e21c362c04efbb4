#include "query/travel_bound.h"

#include <algorithm>
#include <cmath>

namespace sightline::query {
namespace {

constexpr double kMillisecondsPerSecond = 1'000;
constexpr double kKmhPerMetersPerSecond = 3.6;

}  // namespace

TravelVerdict JudgeTravel(const TravelBound& bound, const Sighting& a, const Sighting& b) {
  const double gap_s = std::abs(static_cast<double>(a.time - b.time)) / kMillisecondsPerSecond;
  if (!a.location || !b.location) return JudgeTravel(bound, std::nullopt, gap_s);
  return JudgeTravel(bound, GreatCircleDistance(*a.location, *b.location), gap_s);
}

TravelVerdict JudgeTravel(const TravelBound& bound, const std::optional<Meters>& distance,
                          double gap_s) {
  TravelVerdict verdict;
  verdict.gap_s = gap_s;
  if (!distance) return verdict;
  verdict.distance = *distance;
  if (gap_s > 0) verdict.required = Kmh{distance->value / gap_s * kKmhPerMetersPerSecond};
  verdict.possible = LeastSeconds(bound, *distance) <= gap_s + bound.slack_s;
  return verdict;
}

double LeastSeconds(const TravelBound& bound, Meters distance) {
  const double way = std::max(0.0, distance.value - bound.slack.value);
  return way > 0 ? way / (bound.max_speed.value / kKmhPerMetersPerSecond) : 0;
}

}  // namespace sightline::query
