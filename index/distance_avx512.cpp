// Distances with AVX-512 and its VNNI instructions.
#include <immintrin.h>

#include "index/distance_avx512_sums.h"
#include "index/distance_four_keys.h"
#include "index/distance_functions.h"
#include "index/distance_loops.h"

namespace sightline::index {
namespace {

// Bytes: 32 at a time, widened to 16 bits, so that products of pairs are summed by one instruction.
template <VectorElement element, VectorMetric metric, size_t bytes>
class FourRows {
 public:
  explicit FourRows(const PreparedVector& query)
      : query_(reinterpret_cast<const __m512i*>(&query.widened)),
        length_(_mm256_set1_pd(query.length)) {}

  void operator()(const std::byte* const (&rows)[4], DistanceKey* keys) const {
    __m512i sums[4] = {};
    __m512i lengths[4] = {};
    for (size_t row = 0; row < 4; ++row) {
      for (size_t i = 0; i < kChunks; ++i) {
        const __m512i components = Widened(rows[row] + i * 32);
        if constexpr (metric == VectorMetric::kL2) {
          const __m512i difference = _mm512_sub_epi16(query_[i], components);
          sums[row] = _mm512_dpwssd_epi32(sums[row], difference, difference);
        } else {
          sums[row] = _mm512_dpwssd_epi32(sums[row], query_[i], components);
        }
        if constexpr (metric == VectorMetric::kCosine) {
          lengths[row] = _mm512_dpwssd_epi32(lengths[row], components, components);
        }
      }
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(keys),
                     KeysOfSums<metric>(SumsOf(sums), length_, SumsOf(lengths)));
  }

 private:
  static constexpr size_t kChunks = bytes / 32;

  static __m512i Widened(const std::byte* row) {
    const __m256i chunk = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row));
    return element == VectorElement::kU8 ? _mm512_cvtepu8_epi16(chunk)
                                         : _mm512_cvtepi8_epi16(chunk);
  }

  const __m512i* query_;
  __m256d length_;
};

// In the order of distance_functions.h.
inline __m256d SumsOf(const __m512d (&lanes)[4]) {
  const __m512d first = _mm512_add_pd(_mm512_unpacklo_pd(lanes[0], lanes[1]),
                                      _mm512_unpackhi_pd(lanes[0], lanes[1]));
  const __m512d second = _mm512_add_pd(_mm512_unpacklo_pd(lanes[2], lanes[3]),
                                       _mm512_unpackhi_pd(lanes[2], lanes[3]));
  // (0 + 1) + (4 + 5) and (2 + 3) + (6 + 7) of the first two rows, then of the others.
  const __m512d halves = _mm512_add_pd(_mm512_shuffle_f64x2(first, second, 0x44),
                                       _mm512_shuffle_f64x2(first, second, 0xEE));
  return _mm256_add_pd(_mm512_castpd512_pd256(_mm512_shuffle_f64x2(halves, halves, 0x08)),
                       _mm512_castpd512_pd256(_mm512_shuffle_f64x2(halves, halves, 0x0D)));
}

template <VectorMetric metric, size_t bytes>
class FourRows<VectorElement::kF32, metric, bytes> {
 public:
  explicit FourRows(const PreparedVector& query)
      : query_(reinterpret_cast<const __m512d*>(&query.widened)),
        length_(_mm256_set1_pd(query.length)) {}

  void operator()(const std::byte* const (&rows)[4], DistanceKey* keys) const {
    __m512d sums[4] = {};
    __m512d lengths[4] = {};
    for (size_t row = 0; row < 4; ++row) {
      for (size_t i = 0; i < kChunks; ++i) {
        const auto* chunk = reinterpret_cast<const float*>(rows[row]) + i * kLanes;
        const __m512d components = _mm512_cvtps_pd(_mm256_loadu_ps(chunk));
        if constexpr (metric == VectorMetric::kL2) {
          const __m512d difference = _mm512_sub_pd(query_[i], components);
          sums[row] = _mm512_add_pd(sums[row], _mm512_mul_pd(difference, difference));
        } else {
          sums[row] = _mm512_add_pd(sums[row], _mm512_mul_pd(query_[i], components));
        }
        if constexpr (metric == VectorMetric::kCosine) {
          lengths[row] = _mm512_add_pd(lengths[row], _mm512_mul_pd(components, components));
        }
      }
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(keys),
                     KeysOfSums<metric>(SumsOf(sums), length_, SumsOf(lengths)));
  }

 private:
  static constexpr size_t kChunks = bytes / sizeof(float) / kLanes;

  const __m512d* query_;
  __m256d length_;
};

}  // namespace

DistanceFunctions Avx512Functions(VectorElement element, VectorMetric metric, size_t bytes) {
  DistanceFunctions functions = LoopsOver<FourRows>(element, metric, bytes);
  if (element != VectorElement::kF32) functions.batch = Avx512Batch(element, metric, bytes);
  return functions;
}

}  // namespace sightline::index
