// How fast one gets along at which hour, and what lights do.
#pragma once

#include <array>
#include <cstdint>

#include "simulation/road_graph.h"

namespace sightline::simulation {

// Milliseconds since local midnight of the first simulated day.
using CityTime = int64_t;

inline constexpr CityTime kSecond = 1'000;
inline constexpr CityTime kMinute = 60 * kSecond;
inline constexpr CityTime kHour = 60 * kMinute;
inline constexpr CityTime kCityDay = 24 * kHour;

// Congestion by class of road, hour and weekday, and the lights at junctions. Immutable;
// thread-safe.
class Traffic {
 public:
  Traffic(const RoadGraph& graph, uint64_t seed, int first_weekday);

  // Speed on the edge as a share of its limit, (0, 1]: the usual congestion of the hour and what
  // this stretch has today.
  double SpeedShare(uint32_t edge, CityTime time) const;

  // When a vehicle that comes to the end of `edge` at `time` may go on: at once on green, else at
  // the next green and some seconds of queue, `queue` in [0, 1) of the longest. Vehicles that come
  // during one red leave together: a platoon.
  CityTime LeaveJunction(uint32_t edge, CityTime time, double queue) const;

  // 0 Monday to 6 Sunday.
  int Weekday(CityTime time) const {
    return static_cast<int>((time / kCityDay + first_weekday_) % 7);
  }

 private:
  struct Light {
    uint32_t cycle_ms = 0;  // 0: no light
    uint32_t offset_ms = 0;
    uint32_t green_from_ms = 0;  // within the cycle
    uint32_t green_ms = 0;
  };

  static constexpr int kSlots = 96;  // quarters of an hour
  uint64_t seed_;
  int first_weekday_;
  std::array<std::array<std::array<float, kSlots>, kRoadClasses>, 2> shares_;  // workday, weekend
  std::vector<RoadClass> class_of_;
  std::vector<Light> lights_;  // of each edge, at its end
};

}  // namespace sightline::simulation
