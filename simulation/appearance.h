// Appearance vectors: what an image descriptor would say of a passing vehicle.
#pragma once

#include <cstdint>
#include <string>

#include "simulation/random.h"

namespace sightline::simulation {

// What determines how a vehicle looks.
struct Looks {
  uint32_t vehicle = 0;  // the identity: scratches, stickers, what hangs from the mirror
  uint16_t model = 0;
  uint8_t type = 0;
  uint8_t color = 0;
};

// How it was seen.
struct View {
  uint32_t camera = 0;
  double light = 0;  // -1 night to 1 noon
};

// Makes vectors of bytes in a space of `bytes` dimensions. Immutable; thread-safe.
class AppearanceModel {
 public:
  // `bytes`: 128 or 512.
  AppearanceModel(uint64_t seed, int bytes);

  // Replaces `out` by one vector. `random` is the reading's own.
  void Draw(const Looks& looks, const View& view, Random& random, std::string& out) const;

 private:
  uint64_t seed_;
  int bytes_;
};

}  // namespace sightline::simulation
