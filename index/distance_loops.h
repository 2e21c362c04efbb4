// The loops over rows that every instruction set shares, around its own comparison of four rows.
//
// A comparison is a template `Four<element, metric, bytes>` of one source's unnamed namespace, so
// that these loops are compiled for each source anew (distance_functions.h says why). It is made
// from a prepared vector, and
//   void operator()(const std::byte* const (&rows)[4], DistanceKey* keys) const
// sets four keys. It reads one row after another: rows in turns would be as fast in the caches, but
// the processor reads ahead of the former alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "index/distance_functions.h"

namespace sightline::index {

template <class Comparison, size_t bytes>
struct DistanceLoops {
  static void Contiguous(const PreparedVector& query, const std::byte* rows, size_t row_count,
                         DistanceKey* keys) {
    const Comparison compare(query);
    size_t i = 0;
    for (; i + 4 <= row_count; i += 4) {
      const std::byte* first = rows + i * bytes;
      compare({first, first + bytes, first + 2 * bytes, first + 3 * bytes}, keys + i);
    }
    if (i == row_count) return;
    // The last row stands in for those that are not there.
    const size_t last = row_count - 1;
    const std::byte* four[4];
    for (size_t j = 0; j < 4; ++j) four[j] = rows + (i + j < last ? i + j : last) * bytes;
    DistanceKey four_keys[4];
    compare(four, four_keys);
    for (size_t j = 0; i + j < row_count; ++j) keys[i + j] = four_keys[j];
  }

  static void Gather(const PreparedVector& query, const std::byte* rows, const uint32_t* numbers,
                     size_t count, DistanceKey* keys) {
    const Comparison compare(query);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
      compare({rows + numbers[i] * bytes, rows + numbers[i + 1] * bytes,
               rows + numbers[i + 2] * bytes, rows + numbers[i + 3] * bytes},
              keys + i);
    }
    if (i == count) return;
    const size_t last = count - 1;
    const std::byte* four[4];
    for (size_t j = 0; j < 4; ++j) four[j] = rows + numbers[i + j < last ? i + j : last] * bytes;
    DistanceKey four_keys[4];
    compare(four, four_keys);
    for (size_t j = 0; i + j < count; ++j) keys[i + j] = four_keys[j];
  }

  // Rows that stay in the first cache are compared with one query after another.
  static void Batch(const PreparedVector* queries, size_t query_count, const std::byte* rows,
                    size_t row_count, DistanceKey* keys) {
    constexpr size_t kBlockRows = 16 * 1024 / bytes;
    for (size_t first = 0; first < row_count; first += kBlockRows) {
      const size_t count = row_count - first < kBlockRows ? row_count - first : kBlockRows;
      for (size_t q = 0; q < query_count; ++q) {
        Contiguous(queries[q], rows + first * bytes, count, keys + q * row_count + first);
      }
    }
  }
};

template <template <VectorElement, VectorMetric, size_t> class Four, VectorElement element,
          VectorMetric metric>
DistanceFunctions LoopsOver(size_t bytes) {
  using Short = DistanceLoops<Four<element, metric, 128>, 128>;
  using Long = DistanceLoops<Four<element, metric, 512>, 512>;
  if (bytes == 128) return {&Short::Contiguous, &Short::Gather, &Short::Batch};
  return {&Long::Contiguous, &Long::Gather, &Long::Batch};
}

template <template <VectorElement, VectorMetric, size_t> class Four, VectorElement element>
DistanceFunctions LoopsOver(VectorMetric metric, size_t bytes) {
  switch (metric) {
    case VectorMetric::kL2:
      return LoopsOver<Four, element, VectorMetric::kL2>(bytes);
    case VectorMetric::kCosine:
      return LoopsOver<Four, element, VectorMetric::kCosine>(bytes);
    case VectorMetric::kInnerProduct:
      break;
  }
  return LoopsOver<Four, element, VectorMetric::kInnerProduct>(bytes);
}

template <template <VectorElement, VectorMetric, size_t> class Four>
DistanceFunctions LoopsOver(VectorElement element, VectorMetric metric, size_t bytes) {
  switch (element) {
    case VectorElement::kU8:
      return LoopsOver<Four, VectorElement::kU8>(metric, bytes);
    case VectorElement::kI8:
      return LoopsOver<Four, VectorElement::kI8>(metric, bytes);
    case VectorElement::kF32:
      break;
  }
  return LoopsOver<Four, VectorElement::kF32>(metric, bytes);
}

}  // namespace sightline::index
