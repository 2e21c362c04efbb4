// The tracks of some of a window's plates, in memory: what cameras are checked against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/geo.h"
#include "core/time.h"
#include "query/plate_readings.h"

namespace sightline::query {

struct SampledReading {
  TimestampMs time;
  Position place;  // valid where has_place
  uint32_t camera = 0;
  bool has_place = false;
};

// Operation: plates are drawn by a hash of their text, so that the sample does not depend on their
// order; once it is full, every other plate is dropped, and none but those kept are taken any more.
// Plates with a single reading, and those with more than a vehicle can have, are left out.
class TrackSample {
 public:
  // 32 bytes each.
  explicit TrackSample(size_t max_readings) : max_readings_(max_readings) {}

  void Add(std::string_view plate, std::span<const PlateReading> readings);

  size_t size() const { return tracks_.size(); }
  // In order of time.
  std::span<const SampledReading> track(size_t index) const {
    return std::span(readings_).subspan(tracks_[index].begin, tracks_[index].size);
  }
  std::span<const SampledReading> readings() const { return readings_; }

 private:
  struct Track {
    uint64_t hash = 0;
    size_t begin = 0;
    size_t size = 0;
  };

  void Thin();

  size_t max_readings_;
  int level_ = 0;  // one plate in 2^level_ is taken
  std::vector<Track> tracks_;
  std::vector<SampledReading> readings_;
};

}  // namespace sightline::query
