// How a distance becomes a key (prepared_vector.h).
#pragma once

#include <bit>
#include <cstdint>

#include "index/prepared_vector.h"

namespace sightline::index {

// The key of a product p of byte vectors is kProductOffset - p; no product of 512 bytes is as
// great.
inline constexpr uint32_t kProductOffset = uint32_t{1} << 26;

// Binary32 numbers in the order of their keys; none is NaN. Zero must be +0.
inline DistanceKey KeyOfFloat(float distance) {
  const auto bits = std::bit_cast<uint32_t>(distance);
  return (bits >> 31) != 0 ? ~bits : bits | 0x8000'0000;
}

inline float FloatOfKey(DistanceKey key) {
  return std::bit_cast<float>((key >> 31) != 0 ? key & 0x7FFF'FFFF : ~key);
}

}  // namespace sightline::index
