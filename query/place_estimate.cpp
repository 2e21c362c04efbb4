#include "query/place_estimate.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "query/local_plane.h"

namespace sightline::query {
namespace {

constexpr double kReachSpacings = 2;  // how far from the signs the place is looked for
constexpr int kGridSide = 25;         // points along one side of a grid
constexpr int kLevels = 2;            // the second grid lies finer around where the first one points
constexpr size_t kMostSigns = 12;     // those seen most often
constexpr double kFade = 0.8;         // spacings in which a camera's likelihood falls to 1/e
constexpr double kTurn = 2;           // what a detour by the camera costs, by its length
constexpr double kStray = 1e-3;       // of signs come from elsewhere
constexpr double kUnseen = 0.05;      // how likely no camera is at all, as a camera at no distance is 1
constexpr double kFarSpacings = 3;    // cameras farther from the place do not count
constexpr double kNearM = 60;         // cameras so near each other are one
constexpr double kBluntM = 50;        // below this a way has no direction
// The posterior knows no roads: what its radius lacks, as measured (docs/habits.md).
constexpr double kRadiusShare = 1.8;
constexpr double kRoadsSpacings = 1;
constexpr size_t kNeighbour = 4;      // as of CameraMap::Spacing

struct Sign {
  PlanePoint at;
  std::optional<PlanePoint> beside;
  double weight = 1;
};

class Posterior {
 public:
  Posterior(std::vector<Sign> signs, std::vector<PlanePoint> cameras)
      : signs_(std::move(signs)), cameras_(std::move(cameras)), to_camera_(cameras_.size()) {}

  // Up to a constant.
  double LogAt(const PlanePoint& place) {
    for (size_t i = 0; i < cameras_.size(); ++i) to_camera_[i] = Distance(cameras_[i], place);
    const double spacing = SpacingThere();
    double log = 0;
    for (const Sign& sign : signs_) {
      const double to_beside = sign.beside ? Distance(*sign.beside, place) : 0;
      const auto likelihood = [&](const PlanePoint& camera, double way) {
        double cost = way / (kFade * spacing);
        if (sign.beside) {
          const double detour = Distance(*sign.beside, camera) + way - to_beside;
          cost += kTurn * detour / (way + kBluntM);
        }
        return std::exp(-cost);
      };
      const double own = likelihood(sign.at, Distance(sign.at, place));
      double all = own + kUnseen;
      for (size_t i = 0; i < cameras_.size(); ++i) {
        if (to_camera_[i] > kFarSpacings * spacing) continue;
        if (Distance(cameras_[i], sign.at) < kNearM) continue;
        all += likelihood(cameras_[i], to_camera_[i]);
      }
      log += sign.weight * std::log(own / all * (1 - kStray) + kStray);
    }
    return log;
  }

 private:
  // Of the cameras around the place that to_camera_ was measured from.
  double SpacingThere() {
    if (to_camera_.size() < kNeighbour) return CameraMap::kMostSpacing.value;
    sorted_ = to_camera_;
    std::ranges::nth_element(sorted_, sorted_.begin() + (kNeighbour - 1));
    return std::clamp(sorted_[kNeighbour - 1], CameraMap::kLeastSpacing.value,
                      CameraMap::kMostSpacing.value);
  }

  std::vector<Sign> signs_;
  std::vector<PlanePoint> cameras_;
  std::vector<double> to_camera_;  // from the place that is looked at
  std::vector<double> sorted_;
};

// A square and what the posterior weighs on its grid.
struct Grid {
  PlanePoint middle;
  double half = 0;
  std::vector<PlanePoint> points = {};
  std::vector<double> weights = {};  // the greatest is 1
  PlanePoint mean = {};

  double step() const { return 2 * half / (kGridSide - 1); }

  void Weigh(Posterior& posterior) {
    for (int row = 0; row < kGridSide; ++row) {
      for (int column = 0; column < kGridSide; ++column) {
        points.push_back({middle.east - half + column * step(), middle.north - half + row * step()});
        weights.push_back(posterior.LogAt(points.back()));
      }
    }
    const double most = *std::ranges::max_element(weights);
    double sum = 0;
    for (size_t i = 0; i < points.size(); ++i) {
      weights[i] = std::exp(weights[i] - most);
      sum += weights[i];
      mean.east += weights[i] * points[i].east;
      mean.north += weights[i] * points[i].north;
    }
    mean = {mean.east / sum, mean.north / sum};
  }

  // Around the mean, with this share of the weight.
  double RadiusOf(double share) const {
    std::vector<std::pair<double, double>> by_distance;
    double sum = 0;
    for (size_t i = 0; i < points.size(); ++i) {
      by_distance.emplace_back(Distance(points[i], mean), weights[i]);
      sum += weights[i];
    }
    std::ranges::sort(by_distance);
    double within = 0;
    for (const auto& [distance, weight] : by_distance) {
      within += weight;
      if (within >= share * sum) return std::max(distance, step());
    }
    return std::max(by_distance.back().first, step());
  }
};

}  // namespace

PlaceEstimate EstimatePlace(std::span<const PlaceSign> signs, const CameraMap& cameras) {
  const LocalPlane plane(signs.front().at);
  std::vector<PlaceSign> most(signs.begin(), signs.end());
  std::ranges::stable_sort(most, [](const PlaceSign& a, const PlaceSign& b) {
    return a.times > b.times;
  });
  if (most.size() > kMostSigns) most.resize(kMostSigns);
  std::vector<Sign> prepared;
  double spacing = 0;
  PlanePoint low = plane.ToPlane(most.front().at);
  PlanePoint high = low;
  for (const PlaceSign& sign : most) {
    Sign& one = prepared.emplace_back();
    one.at = plane.ToPlane(sign.at);
    if (sign.beside && Distance(plane.ToPlane(*sign.beside), one.at) > kNearM) {
      one.beside = plane.ToPlane(*sign.beside);
    }
    one.weight = std::sqrt(static_cast<double>(sign.times));
    spacing = std::max(spacing, cameras.Spacing(sign.at).value);
    low = {std::min(low.east, one.at.east), std::min(low.north, one.at.north)};
    high = {std::max(high.east, one.at.east), std::max(high.north, one.at.north)};
  }
  Grid grid{.middle = {(low.east + high.east) / 2, (low.north + high.north) / 2},
            .half = std::max(high.east - low.east, high.north - low.north) / 2 +
                    kReachSpacings * spacing};
  std::vector<PlanePoint> near;
  const double reach = grid.half * std::numbers::sqrt2 + kFarSpacings * spacing;
  for (const Position& camera : cameras.Within(plane.ToGlobe(grid.middle), Meters{reach})) {
    near.push_back(plane.ToPlane(camera));
  }
  Posterior posterior(std::move(prepared), std::move(near));
  grid.Weigh(posterior);
  for (int level = 1; level < kLevels; ++level) {
    const double half = std::min(std::max(1.2 * grid.RadiusOf(0.95), 3 * grid.step()), grid.half);
    grid = {.middle = grid.mean, .half = half};
    grid.Weigh(posterior);
  }
  const Position location = plane.ToGlobe(grid.mean);
  return {location, Meters{std::hypot(kRadiusShare * grid.RadiusOf(0.9),
                                      kRoadsSpacings * cameras.Spacing(location).value)}};
}

}  // namespace sightline::query
