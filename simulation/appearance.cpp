#include "simulation/appearance.h"

#include <algorithm>
#include <array>

namespace sightline::simulation {
namespace {

// Adds `scale` / 16 times a nearly normal deviate to each component: sums of four bytes.
void AddNoise(std::span<int32_t> components, uint64_t key, int scale) {
  Random random(key);
  for (size_t i = 0; i < components.size(); i += 2) {
    const uint64_t bits = random.Next();
    const auto sum = [](uint32_t word) {
      return static_cast<int32_t>((word & 0xff) + (word >> 8 & 0xff) + (word >> 16 & 0xff) +
                                  (word >> 24)) -
             510;
    };
    components[i] += sum(static_cast<uint32_t>(bits)) * scale;
    components[i + 1] += sum(static_cast<uint32_t>(bits >> 32)) * scale;
  }
}

}  // namespace

AppearanceModel::AppearanceModel(uint64_t seed, int bytes) : seed_(seed), bytes_(bytes) {}

void AppearanceModel::Draw(const Looks& looks, const View& view, Random& random,
                           std::string& out) const {
  std::array<int32_t, 512> buffer{};
  const std::span<int32_t> components = std::span(buffer).first(static_cast<size_t>(bytes_));
  const auto key = [&](uint64_t level, uint64_t which) {
    return StreamKey(seed_, Stream::kAppearance, {static_cast<uint64_t>(bytes_), level, which});
  };
  AddNoise(components, key(0, looks.type), 24);
  AddNoise(components, key(1, looks.model), 22);
  AddNoise(components, key(2, looks.color), 14);
  AddNoise(components, key(3, looks.vehicle), 16);
  AddNoise(components, key(4, view.camera), 6);
  AddNoise(components, random.Next(), random.Chance(0.02) ? 26 : 12);
  const auto light = static_cast<int32_t>(view.light * 8);
  out.resize(static_cast<size_t>(bytes_));
  for (size_t i = 0; i < components.size(); ++i) {
    out[i] = static_cast<char>(std::clamp(components[i] / 128 + 100 + light, 0, 255));
  }
}

}  // namespace sightline::simulation
