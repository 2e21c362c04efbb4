// Keys of distances, and a vector made ready to be compared. Apart from distance_kernels.h for the
// sources that include no library (distance_functions.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sightline::index {

// The order of distances as an integer: a nearer vector never has a greater key, an equal one has
// an equal key. For bytes under l2 it is the squared distance itself, under ip a constant minus the
// product: both exact. Elsewhere it is the distance, computed in binary64 and rounded to binary32
// (infinite beyond 3.4e38), its bits put in order; for bytes that is VectorDistance, rounded once.
// Keys are the same whatever the instruction set, and whichever of two vectors is the query.
using DistanceKey = uint32_t;
inline constexpr DistanceKey kFarthestKey = 0xFFFF'FFFF;

// A vector made ready to be compared with many. Copies its bytes.
struct PreparedVector {
  // Widened components, int16_t for bytes and double for binary32; zero behind them.
  alignas(64) std::array<std::byte, 1024> widened;
  // As it came.
  alignas(64) std::array<std::byte, 512> bytes;
  // Its product with itself; the first of bytes only.
  int64_t integer_term = 0;
  double length = 0;
};

}  // namespace sightline::index
