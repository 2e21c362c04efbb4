// What the components of an appearance vector are, and how two vectors are compared. Apart from
// vector_space.h so that it includes no library.
#pragma once

#include <cstdint>

namespace sightline {

enum class VectorElement : uint8_t {
  kU8 = 0,   // unsigned byte
  kI8 = 1,   // two's complement byte
  kF32 = 2,  // IEEE 754 binary32, little-endian, finite
};

enum class VectorMetric : uint8_t {
  kL2 = 0,            // Euclidean distance
  kCosine = 1,        // 1 - cosine of the angle; 1 where a vector is zero
  kInnerProduct = 2,  // minus the inner product, so that smaller is nearer here too
};

}  // namespace sightline
