#include "query/trips.h"

namespace sightline::query {
namespace {

constexpr double kMillisecondsPerSecond = 1'000;

}  // namespace

bool EndsTrip(const PlateReading& last, const PlateReading& next,
              const TravelTimes& travel_times) {
  const double gap_s = static_cast<double>(next.time - last.time) / kMillisecondsPerSecond;
  // Most gaps are short: no way is looked up for them.
  return gap_s > kKnownTripMarginSeconds && gap_s > travel_times.StopGapSeconds(last, next);
}

std::vector<TripRange> CutIntoTrips(std::span<const PlateReading> readings,
                                    const TravelTimes& travel_times) {
  std::vector<TripRange> trips;
  for (size_t i = 0; i < readings.size(); ++i) {
    if (i == 0 || EndsTrip(readings[i - 1], readings[i], travel_times)) trips.push_back({i, i});
    trips.back().end = i + 1;
  }
  return trips;
}

}  // namespace sightline::query
