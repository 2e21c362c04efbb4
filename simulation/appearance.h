// Appearance vectors: what an image descriptor would say of a passing vehicle.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "simulation/random.h"

namespace sightline::simulation {

// What determines how a vehicle looks.
struct Looks {
  uint32_t vehicle = 0;  // the identity: scratches, stickers, what hangs from the mirror
  uint16_t model = 0;
  uint8_t type = 0;  // BodyType
  uint8_t color = 0;
};

// How it was seen.
struct View {
  uint32_t camera = 0;
  double light = 0;  // -1 night to 1 noon
};

// How much each cause moves a vector, and along how many directions.
struct AppearanceScales {
  int bytes = 0;
  int directions = 0;  // at most AppearanceModel::kMaxDirections
  float decay = 0;     // direction i counts 1 / (1 + decay * i)
  float type = 0;
  float model = 0;
  float color = 0;
  float identity = 0;
  float camera = 0;
  float light = 0;
  float reading = 0;
  float offset = 0;  // of every component; below 0 is cut off, as in histograms of gradients
  float gain = 1;    // from causes to components
};

// Set so that among one reading each of many vehicles the distances to nearest neighbours are
// spread like those of real descriptors (SIFT, bigann10k): a test compares them.
inline constexpr AppearanceScales kVehicleSpace = {
    .bytes = 128,
    .directions = 34,
    .decay = 0.02f,
    .type = 0.48f,
    .model = 0.6f,
    .color = 0.3f,
    .identity = 0.62f,
    .camera = 0.2f,
    .light = 0.15f,
    .reading = 0.3f,
    .offset = 18,
    .gain = 9,
};
inline constexpr AppearanceScales kDetailSpace = {
    .bytes = 512,
    .directions = 36,
    .decay = 0.02f,
    .type = 0.4f,
    .model = 0.5f,
    .color = 0.2f,
    .identity = 0.7f,
    .camera = 0.2f,
    .light = 0.15f,
    .reading = 0.3f,
    .offset = 18,
    .gain = 9,
};

// A vector is a random linear map of a point with few coordinates, cut off at 0 and 255: type,
// model, colour, identity, camera, light and the reading itself each add to the point. So vectors
// lie near a surface of low dimension, as those of real descriptors do, and identities lie within
// models within types. One reading in fifty is an outlier: half hidden, or blinded.
//
// Immutable; thread-safe.
class AppearanceModel {
 public:
  static constexpr int kMaxDirections = 48;

  // Views of cameras [0, cameras).
  AppearanceModel(uint64_t seed, const AppearanceScales& scales, size_t cameras);

  // Replaces `out` by one vector. `random` is the reading's own.
  void Draw(const Looks& looks, const View& view, Random& random, std::string& out) const;

 private:
  using Point = std::array<float, kMaxDirections>;

  // A nearly normal deviate times `scale` for each coordinate.
  Point Draw(Random random, float scale) const;
  std::vector<Point> DrawAll(uint64_t level, size_t size, float scale) const;
  Random StreamOf(uint64_t level, uint64_t which) const;

  uint64_t seed_;
  AppearanceScales scales_;
  Point spread_;              // of each coordinate
  Point light_;               // the direction in which light moves
  std::vector<Point> types_;  // where each type, model, ... moves the point
  std::vector<Point> models_;
  std::vector<Point> colors_;
  std::vector<Point> cameras_;
  std::vector<float> weights_;  // by direction, then component
};

}  // namespace sightline::simulation
