// From the sums of four rows to their keys, for AVX2 and AVX-512, which has these instructions too.
// Each source that includes this keeps its own copy (distance_functions.h says why).
#pragma once

#include <immintrin.h>

#include "core/vector_element.h"
#include "index/distance_key.h"

namespace sightline::index {
namespace {

// As KeyOfFloat of each, rounded.
inline __m128i KeysOf(__m256d distances) {
  const __m128 rounded = _mm_add_ps(_mm256_cvtpd_ps(distances), _mm_setzero_ps());  // -0 becomes +0
  const __m128i bits = _mm_castps_si128(rounded);
  const __m128i sign = _mm_set1_epi32(static_cast<int32_t>(0x8000'0000));
  return _mm_xor_si128(bits, _mm_or_si128(_mm_srai_epi32(bits, 31), sign));
}

inline __m128i CosineKeys(__m256d products, __m256d query_length, __m256d row_lengths) {
  const __m256d lengths = _mm256_sqrt_pd(_mm256_mul_pd(query_length, row_lengths));
  const __m256d one = _mm256_set1_pd(1);
  const __m256d distances = _mm256_sub_pd(one, _mm256_div_pd(products, lengths));
  const __m256d zero = _mm256_cmp_pd(lengths, _mm256_setzero_pd(), _CMP_EQ_OQ);
  return KeysOf(_mm256_blendv_pd(distances, one, zero));
}

// `sums` are of squared differences under l2, else of products; `row_lengths` matter under cosine.
template <VectorMetric metric>
__m128i KeysOfSums(__m256d sums, __m256d query_length, __m256d row_lengths) {
  if constexpr (metric == VectorMetric::kL2) return KeysOf(_mm256_sqrt_pd(sums));
  if constexpr (metric == VectorMetric::kInnerProduct) {
    return KeysOf(_mm256_sub_pd(_mm256_setzero_pd(), sums));
  }
  return CosineKeys(sums, query_length, row_lengths);
}

template <VectorMetric metric>
__m128i KeysOfSums(__m128i sums, __m256d query_length, __m128i row_lengths) {
  if constexpr (metric == VectorMetric::kL2) return sums;
  if constexpr (metric == VectorMetric::kInnerProduct) {
    return _mm_sub_epi32(_mm_set1_epi32(kProductOffset), sums);
  }
  return CosineKeys(_mm256_cvtepi32_pd(sums), query_length, _mm256_cvtepi32_pd(row_lengths));
}

}  // namespace
}  // namespace sightline::index
