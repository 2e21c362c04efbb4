#include "query/track_sample.h"

#include <xxhash.h>

namespace sightline::query {
namespace {

// More than this is a placeholder for plates that could not be read, or a sign.
constexpr size_t kMostReadings = 20'000;

bool IsTaken(uint64_t hash, int level) { return (hash & ((uint64_t{1} << level) - 1)) == 0; }

}  // namespace

void TrackSample::Add(std::string_view plate, std::span<const PlateReading> readings) {
  if (readings.size() < 2 || readings.size() > kMostReadings) return;
  const uint64_t hash = XXH3_64bits(plate.data(), plate.size());
  if (!IsTaken(hash, level_)) return;
  tracks_.push_back({hash, readings_.size(), readings.size()});
  for (const PlateReading& reading : readings) {
    readings_.push_back({.time = reading.time,
                         .place = reading.place.value_or(Position{}),
                         .camera = reading.camera_number,
                         .has_place = reading.place.has_value()});
  }
  while (readings_.size() > max_readings_) Thin();
}

void TrackSample::Thin() {
  ++level_;
  size_t kept = 0;
  size_t end = 0;
  for (Track track : tracks_) {
    if (!IsTaken(track.hash, level_)) continue;
    for (size_t i = 0; i < track.size; ++i) readings_[end + i] = readings_[track.begin + i];
    track.begin = end;
    end += track.size;
    tracks_[kept++] = track;
  }
  tracks_.resize(kept);
  readings_.resize(end);
}

}  // namespace sightline::query
