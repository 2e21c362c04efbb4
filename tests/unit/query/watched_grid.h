// A grid of streets with a camera at each crossing, whose clocks and places a test sets.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/time.h"
#include "query/track_sample.h"

namespace sightline::testing {

// Monday 2024-03-04, midnight UTC.
inline constexpr TimestampMs kGridStart{1'709'510'400'000};

// Vehicles drive from crossing to crossing, each at its own pace, wait at red lights, and are read
// as they leave a crossing. Streets are not as fast the one way as the other, and each is a bit
// slower or faster than the others.
class WatchedGrid {
 public:
  static constexpr uint32_t kSide = 7;  // crossings; camera numbers are row * kSide + column

  explicit WatchedGrid(uint64_t seed) : seed_(seed) {}

  static Position PlaceOf(uint32_t camera);

  // What the camera's clock shows beyond the true time, by days since the start.
  void SetClock(uint32_t camera, std::function<double(double)> ahead_s) {
    clocks_[camera] = std::move(ahead_s);
  }
  void SetClock(uint32_t camera, double ahead_s) {
    SetClock(camera, [ahead_s](double) { return ahead_s; });
  }
  void Register(uint32_t camera, Position place) { places_[camera] = place; }
  // Reads only vehicles that come from the west.
  void SeeOnlyEastbound(uint32_t camera) { eastbound_.insert(camera); }

  query::TrackSample Drive(int vehicles, int days) const;

 private:
  uint64_t seed_;
  std::map<uint32_t, std::function<double(double)>> clocks_;
  std::map<uint32_t, Position> places_;
  std::set<uint32_t> eastbound_;
};

}  // namespace sightline::testing
