// Sums of lanes, for the sources of AVX-512; each keeps its own copy (distance_functions.h says
// why).
#pragma once

#include <immintrin.h>

namespace sightline::index {
namespace {

// The four sums of sixteen lanes each.
inline __m128i SumsOf(const __m512i (&lanes)[4]) {
  const __m512i first = _mm512_add_epi32(_mm512_unpacklo_epi32(lanes[0], lanes[1]),
                                         _mm512_unpackhi_epi32(lanes[0], lanes[1]));
  const __m512i second = _mm512_add_epi32(_mm512_unpacklo_epi32(lanes[2], lanes[3]),
                                          _mm512_unpackhi_epi32(lanes[2], lanes[3]));
  const __m512i quarters = _mm512_add_epi32(_mm512_unpacklo_epi64(first, second),
                                            _mm512_unpackhi_epi64(first, second));
  const __m256i halves =
      _mm256_add_epi32(_mm512_castsi512_si256(quarters), _mm512_extracti64x4_epi64(quarters, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
}

}  // namespace
}  // namespace sightline::index
