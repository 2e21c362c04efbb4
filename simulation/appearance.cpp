#include "simulation/appearance.h"

#include <algorithm>

#include "simulation/vehicle_models.h"

namespace sightline::simulation {
namespace {

// What a key of Stream::kAppearance is about.
enum Level : uint64_t { kWeights, kLight, kType, kModel, kColor, kIdentity, kCamera };

constexpr double kOutliers = 0.02;
constexpr float kOutlierScale = 3;
constexpr int kMaxBytes = 512;

// Mean 0, variance 1, from one draw: four uniforms of 16 bits. Near enough to normal for a
// coordinate, and several times cheaper than Random::Normal.
float Deviate(Random& random) {
  const uint64_t bits = random.Next();
  const auto sum = static_cast<int32_t>((bits & 0xffff) + (bits >> 16 & 0xffff) +
                                        (bits >> 32 & 0xffff) + (bits >> 48));
  constexpr float kScale = 1.7320508f / 65'536;  // the sum of four has variance 1/3
  return static_cast<float>(sum - 2 * 65'535) * kScale;
}

}  // namespace

AppearanceModel::AppearanceModel(uint64_t seed, const AppearanceScales& scales, size_t cameras)
    : seed_(seed), scales_(scales), spread_{} {
  // Directions matter less and less, as principal components do.
  for (int i = 0; i < scales.directions; ++i) {
    spread_[static_cast<size_t>(i)] = 1 / (1 + static_cast<float>(i) * scales.decay);
  }
  Random weights = StreamOf(kWeights, 0);
  for (int i = 0; i < scales.directions * scales.bytes; ++i) {
    weights_.push_back(static_cast<float>(weights.Normal()) * scales.gain);
  }
  light_ = Draw(StreamOf(kLight, 0), scales.light);
  types_ = DrawAll(kType, kBodyTypes, scales.type);
  models_ = DrawAll(kModel, VehicleModels().size(), scales.model);
  colors_ = DrawAll(kColor, Colors().size(), scales.color);
  cameras_ = DrawAll(kCamera, cameras, scales.camera);
}

Random AppearanceModel::StreamOf(uint64_t level, uint64_t which) const {
  return {seed_, Stream::kAppearance, {static_cast<uint64_t>(scales_.bytes), level, which}};
}

AppearanceModel::Point AppearanceModel::Draw(Random random, float scale) const {
  Point point{};
  for (size_t i = 0; i < static_cast<size_t>(scales_.directions); ++i) {
    point[i] = Deviate(random) * scale * spread_[i];
  }
  return point;
}

std::vector<AppearanceModel::Point> AppearanceModel::DrawAll(uint64_t level, size_t size,
                                                             float scale) const {
  std::vector<Point> points;
  for (uint64_t which = 0; which < size; ++which) {
    points.push_back(Draw(StreamOf(level, which), scale));
  }
  return points;
}

void AppearanceModel::Draw(const Looks& looks, const View& view, Random& random,
                           std::string& out) const {
  const bool outlier = random.Chance(kOutliers);
  const float noise =
      scales_.reading * (outlier ? kOutlierScale : static_cast<float>(random.Uniform(0.6, 1.4)));
  const Point reading = Draw(Random(random.Next()), noise);
  const Point identity = Draw(StreamOf(kIdentity, looks.vehicle), scales_.identity);
  const Point& type = types_[looks.type];
  const Point& model = models_[looks.model];
  const Point& color = colors_[looks.color];
  const Point& camera = cameras_[view.camera];
  const auto light = static_cast<float>(view.light);

  std::array<float, kMaxBytes> components;
  const auto bytes = static_cast<size_t>(scales_.bytes);
  std::fill_n(components.begin(), bytes, scales_.offset);
  for (size_t i = 0; i < static_cast<size_t>(scales_.directions); ++i) {
    const float along =
        type[i] + model[i] + color[i] + camera[i] + light_[i] * light + identity[i] + reading[i];
    const float* weights = weights_.data() + i * bytes;
    for (size_t j = 0; j < bytes; ++j) components[j] += weights[j] * along;
  }
  out.resize(bytes);
  for (size_t j = 0; j < bytes; ++j) {
    out[j] = static_cast<char>(static_cast<int>(std::clamp(components[j], 0.0f, 255.0f)));
  }
}

}  // namespace sightline::simulation
