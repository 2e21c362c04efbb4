#include "query/credible_readings.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace sightline::query {
namespace {

class Chain {
 public:
  Chain(std::span<const PlateReading> readings, const TravelTimes& travel_times,
        const CameraMap& cameras)
      : readings_(readings), travel_times_(travel_times) {
    std::map<std::pair<double, double>, double> known;
    spacing_.reserve(readings.size());
    for (const PlateReading& reading : readings) {
      double spacing = 0;
      if (reading.place) {
        const auto [at, is_new] = known.try_emplace({reading.place->lon, reading.place->lat}, 0.0);
        if (is_new) at->second = cameras.Spacing(*reading.place).value;
        spacing = at->second;
      }
      spacing_.push_back(spacing);
    }
  }

  std::vector<size_t> Cheapest() const {
    const size_t count = readings_.size();
    constexpr size_t kNone = std::numeric_limits<size_t>::max();
    std::vector<double> cost(count);
    std::vector<size_t> before(count, kNone);
    for (size_t i = 0; i < count; ++i) {
      cost[i] = static_cast<double>(i);  // everything before is left out
      for (size_t j = i - std::min(i, kReach + 1); j < i; ++j) {
        const double left_out = static_cast<double>(i - j - 1);
        if (cost[j] + left_out >= cost[i]) continue;
        const double through = cost[j] + left_out + CostOf(j, i);
        if (through >= cost[i]) continue;
        cost[i] = through;
        before[i] = j;
      }
    }
    std::vector<size_t> kept;
    if (count == 0) return kept;
    size_t last = 0;
    for (size_t i = 0; i < count; ++i) {
      const auto total = [&](size_t end) { return cost[end] + static_cast<double>(count - 1 - end); };
      if (total(i) <= total(last)) last = i;
    }
    for (size_t i = last; i != kNone; i = before[i]) kept.push_back(i);
    std::ranges::reverse(kept);
    return kept;
  }

 private:
  // To have gone from one to the other without a reading between them.
  double CostOf(size_t from, size_t to) const {
    const TravelVerdict verdict = travel_times_.Judge(readings_[from], readings_[to]);
    if (!verdict.possible) return kImpossible;
    const double spacing = std::max(spacing_[from], spacing_[to]);
    if (spacing == 0) return 0;  // without a place nothing can be said
    const double spacings = verdict.distance.value / spacing;
    return kLostFromView *
           std::clamp((spacings - kUnseenSpacings) / (kLostSpacings - kUnseenSpacings), 0.0, 1.0);
  }

  std::span<const PlateReading> readings_;
  const TravelTimes& travel_times_;
  std::vector<double> spacing_;  // of the cameras around each reading, metres; 0: no place
};

}  // namespace

std::vector<size_t> CredibleReadings(std::span<const PlateReading> readings,
                                     const TravelTimes& travel_times, const CameraMap& cameras) {
  return Chain(readings, travel_times, cameras).Cheapest();
}

}  // namespace sightline::query
