// Where a vehicle stands between its trips: behind the cameras at which they end and begin.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/geo.h"
#include "query/camera_map.h"

namespace sightline::query {

// One sign of where the place is: the last camera before it or the first one after it, and the
// camera beside that in the trip, which says from where the vehicle came or whither it went.
struct PlaceSign {
  Position at;
  std::optional<Position> beside;
  int times = 1;  // seen so

  bool operator==(const PlaceSign&) const = default;
};

struct PlaceEstimate {
  Position location;
  Meters radius;  // within which nine places of ten lie, as measured over simulated homes

  bool operator==(const PlaceEstimate&) const = default;
};

// The mean of a posterior over a grid around the signs, which are not empty. Given the place, each
// camera around it may be the last one that is passed: the likelier the nearer it is (in units of the
// spacing of cameras there) and the straighter the way from the camera beside it leads past it to the
// place; a sign is as likely as its camera is among these. So a camera that is always the last one,
// wherever the vehicle comes from, has the place near it, and a sign speaks against places behind
// other cameras. Signs are weighed by the square root of how often they were seen, since trips of one
// habit are no independent witnesses; a part in a thousand of each is noise, so that one from
// elsewhere is outvoted. Some milliseconds.
PlaceEstimate EstimatePlace(std::span<const PlaceSign> signs, const CameraMap& cameras);

}  // namespace sightline::query
