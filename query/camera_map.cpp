#include "query/camera_map.h"

#include <algorithm>
#include <utility>

#include "query/local_plane.h"

namespace sightline::query {
namespace {

constexpr double kSameJunctionM = 60;
constexpr double kMetersPerDegree = kEarthRadiusMeters * std::numbers::pi / 180;
constexpr size_t kNeighbour = 4;

bool IsNorthOf(const Position& a, const Position& b) {
  return std::pair(a.lat, a.lon) < std::pair(b.lat, b.lon);
}

}  // namespace

CameraMap::CameraMap(std::vector<Position> cameras) {
  std::ranges::sort(cameras, IsNorthOf);
  for (const Position& camera : cameras) {
    const LocalPlane plane(camera);
    bool is_twin = false;
    for (size_t i = cameras_.size(); i-- > 0 && !is_twin;) {
      if ((camera.lat - cameras_[i].lat) * kMetersPerDegree > kSameJunctionM) break;
      is_twin = Distance(plane.ToPlane(cameras_[i]), {}) <= kSameJunctionM;
    }
    if (!is_twin) cameras_.push_back(camera);
  }
}

CameraMap CameraMap::Of(const storage::Store& store) {
  std::vector<Position> positions;
  for (const auto& record : store.Cameras()) {
    const Camera& camera = record->camera();
    if (record->retired() || camera.kind == CameraKind::kMobile || !camera.location) continue;
    positions.push_back(*camera.location);
  }
  return CameraMap(std::move(positions));
}

std::vector<Position> CameraMap::Within(const Position& center, Meters radius) const {
  const LocalPlane plane(center);
  const double degrees = radius.value / kMetersPerDegree;
  std::vector<Position> found;
  auto camera = std::ranges::lower_bound(cameras_, center.lat - degrees, {}, &Position::lat);
  for (; camera != cameras_.end() && camera->lat <= center.lat + degrees; ++camera) {
    if (Distance(plane.ToPlane(*camera), {}) <= radius.value) found.push_back(*camera);
  }
  return found;
}

Meters CameraMap::Spacing(const Position& place) const {
  const LocalPlane plane(place);
  for (Meters radius{1'000}; radius <= kMostSpacing; radius.value *= 2) {
    const std::vector<Position> near = Within(place, radius);
    if (near.size() < kNeighbour) continue;
    std::vector<double> distances;
    for (const Position& camera : near) distances.push_back(Distance(plane.ToPlane(camera), {}));
    std::ranges::nth_element(distances, distances.begin() + (kNeighbour - 1));
    return std::max(Meters{distances[kNeighbour - 1]}, kLeastSpacing);
  }
  return kMostSpacing;
}

}  // namespace sightline::query
