#include "simulation/traffic.h"

#include <algorithm>

#include "simulation/portable_math.h"
#include "simulation/random.h"

namespace sightline::simulation {
namespace {

constexpr CityTime kLongestQueue = 14 * kSecond;

// A hump of height 1 around `hour` with the given width in hours.
double Hump(double at, double hour, double width) {
  const double distance = (at - hour) / width;
  return distance * distance > 30 ? 0 : Exp(-distance * distance / 2);
}

// How much of the free speed is lost, [0, 1).
double Congestion(double hour, bool weekend, RoadClass road_class) {
  const double load = weekend ? 0.15 + 0.35 * Hump(hour, 12, 2.5) + 0.4 * Hump(hour, 17, 2.5)
                              : 0.1 + 0.75 * Hump(hour, 8.1, 0.9) + 0.75 * Hump(hour, 18.0, 1.1) +
                                    0.35 * Hump(hour, 13, 3.5);
  constexpr std::array<double, kRoadClasses> kSensitivity = {0.75, 0.65, 0.5, 0.3};
  return std::min(0.8, load * kSensitivity[static_cast<size_t>(road_class)]);
}

}  // namespace

Traffic::Traffic(const RoadGraph& graph, uint64_t seed, int first_weekday)
    : seed_(seed), first_weekday_(first_weekday) {
  for (int weekend = 0; weekend < 2; ++weekend) {
    for (int road_class = 0; road_class < kRoadClasses; ++road_class) {
      for (int slot = 0; slot < kSlots; ++slot) {
        const double lost =
            Congestion(slot * 24.0 / kSlots, weekend == 1, static_cast<RoadClass>(road_class));
        shares_[weekend][road_class][slot] = static_cast<float>(0.95 * (1 - lost));
      }
    }
  }
  class_of_.reserve(graph.edges().size());
  lights_.resize(graph.edges().size());
  for (uint32_t index = 0; index < graph.edges().size(); ++index) {
    const Edge& edge = graph.edge(index);
    class_of_.push_back(edge.road_class);
    const RoadClass crossing = graph.ClassAt(edge.to);
    const size_t roads = graph.first_out(edge.to + 1) - graph.first_out(edge.to);
    if (roads < 3 || crossing == RoadClass::kLocal || edge.road_class == RoadClass::kExpressway) {
      continue;
    }
    // Two phases a junction: north-south and east-west; the greater road has the longer green.
    Random random(seed, Stream::kSignal, {edge.to});
    const auto cycle = static_cast<uint32_t>(random.Between(60, 120) * kSecond);
    const auto offset = random.Below(cycle);
    const bool first_phase = (graph.HeadingDegrees(edge) + 45) % 180 < 90;
    const double share = edge.road_class == crossing ? 0.55 : 0.4;
    const auto green = static_cast<uint32_t>(cycle * share);
    lights_[index] = {cycle, offset, first_phase ? 0 : cycle - green, green};
  }
}

double Traffic::SpeedShare(uint32_t edge, CityTime time) const {
  const int slot = static_cast<int>(time % kCityDay / (kCityDay / kSlots));
  const bool weekend = Weekday(time) >= 5;
  const double usual = shares_[weekend][static_cast<size_t>(class_of_[edge])][slot];
  // Each stretch is a little better or worse than usual for half an hour.
  const uint64_t bits = Mix(seed_ + edge * 0x9e3779b97f4a7c15 +
                            static_cast<uint64_t>(time / (30 * kMinute)) * 0xd1b54a32d192ed03);
  return usual * (0.8 + 0.25 * static_cast<double>(bits >> 11) * 0x1p-53);
}

CityTime Traffic::LeaveJunction(uint32_t edge, CityTime time, double queue) const {
  const Light& light = lights_[edge];
  if (light.cycle_ms == 0) return time;
  const auto phase = static_cast<uint32_t>((time + light.offset_ms) % light.cycle_ms);
  if (phase >= light.green_from_ms && phase < light.green_from_ms + light.green_ms) return time;
  const uint32_t wait = (light.green_from_ms + light.cycle_ms - phase) % light.cycle_ms;
  return time + wait + static_cast<CityTime>(queue * static_cast<double>(kLongestQueue));
}

}  // namespace sightline::simulation
