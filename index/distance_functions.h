// The functions that each instruction set brings to DistanceKernels.
//
// The sources of AVX2 and AVX-512 are compiled for processors that may not be there. The linker
// keeps one copy of an inline function for the whole program, and it must not be theirs: so they
// include no header that makes the compiler emit one, and keep their own in unnamed namespaces
// (tests/unit/index/instruction_sets_test.py looks).
//
// Every set gives the same keys. Sums of bytes are exact in any order. Binary32 components are
// summed as binary64 in kLanes lanes: lane j takes components j, j + kLanes, ... in turn, every
// product and sum is rounded by itself (no fused multiply-add; -ffp-contract=off), and at the end
// the lanes are added as ((0 + 1) + (4 + 5)) + ((2 + 3) + (6 + 7)).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/vector_element.h"
#include "index/prepared_vector.h"

namespace sightline::index {

inline constexpr size_t kLanes = 8;

// As the methods of DistanceKernels. `length` of a prepared vector is summed as above.
struct DistanceFunctions {
  void (*contiguous)(const PreparedVector& query, const std::byte* rows, size_t row_count,
                     DistanceKey* keys) = nullptr;
  void (*gather)(const PreparedVector& query, const std::byte* rows, const uint32_t* numbers,
                 size_t count, DistanceKey* keys) = nullptr;
  void (*batch)(const PreparedVector* queries, size_t query_count, const std::byte* rows,
                size_t row_count, DistanceKey* keys) = nullptr;
};

// `bytes` is 128 or 512. The latter two are there on x86-64 alone.
DistanceFunctions PortableFunctions(VectorElement element, VectorMetric metric, size_t bytes);
DistanceFunctions Avx2Functions(VectorElement element, VectorMetric metric, size_t bytes);
DistanceFunctions Avx512Functions(VectorElement element, VectorMetric metric, size_t bytes);

// Of bytes alone: products of sixteen queries at once.
decltype(DistanceFunctions::batch) Avx512Batch(VectorElement element, VectorMetric metric,
                                               size_t bytes);

// The product of `count` (a multiple of kLanes) components with themselves, summed as above.
double ProductWithItself(const double* components, size_t count);

}  // namespace sightline::index
