// Where cameras stand, and how close together: what a vehicle that was not seen did not pass.
#pragma once

#include <span>
#include <vector>

#include "core/geo.h"
#include "storage/store.h"

namespace sightline::query {

// Immutable; thread-safe.
class CameraMap {
 public:
  CameraMap() = default;
  // Cameras within 60 m of another stand for one: two that watch one junction.
  explicit CameraMap(std::vector<Position> cameras);

  // The fixed cameras of a store that are not retired, where they stand now.
  static CameraMap Of(const storage::Store& store);

  // Those within `radius` of `center`, in no particular order.
  std::vector<Position> Within(const Position& center, Meters radius) const;

  // How far apart cameras are around a place: the distance to the fourth nearest one, within
  // [kLeastSpacing, kMostSpacing]. kMostSpacing where fewer are known.
  Meters Spacing(const Position& place) const;

  static constexpr Meters kLeastSpacing{250};
  static constexpr Meters kMostSpacing{4'000};

 private:
  std::vector<Position> cameras_;  // by latitude
};

}  // namespace sightline::query
