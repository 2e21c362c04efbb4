// Distances with AVX2.
#include <immintrin.h>

#include "index/distance_four_keys.h"
#include "index/distance_functions.h"
#include "index/distance_loops.h"

namespace sightline::index {
namespace {

// The four sums of eight lanes each.
inline __m128i SumsOf(const __m256i (&lanes)[4]) {
  const __m256i first = _mm256_add_epi32(_mm256_unpacklo_epi32(lanes[0], lanes[1]),
                                         _mm256_unpackhi_epi32(lanes[0], lanes[1]));
  const __m256i second = _mm256_add_epi32(_mm256_unpacklo_epi32(lanes[2], lanes[3]),
                                          _mm256_unpackhi_epi32(lanes[2], lanes[3]));
  const __m256i halves = _mm256_add_epi32(_mm256_unpacklo_epi64(first, second),
                                          _mm256_unpackhi_epi64(first, second));
  return _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
}

// Bytes: 16 at a time, widened to 16 bits, so that a product of two pairs is one instruction.
template <VectorElement element, VectorMetric metric, size_t bytes>
class FourRows {
 public:
  explicit FourRows(const PreparedVector& query)
      : query_(reinterpret_cast<const __m256i*>(&query.widened)),
        length_(_mm256_set1_pd(query.length)) {}

  void operator()(const std::byte* const (&rows)[4], DistanceKey* keys) const {
    __m256i sums[4] = {};
    __m256i lengths[4] = {};
    for (size_t row = 0; row < 4; ++row) {
      for (size_t i = 0; i < kChunks; ++i) {
        const __m256i components = Widened(rows[row] + i * 16);
        if constexpr (metric == VectorMetric::kL2) {
          const __m256i difference = _mm256_sub_epi16(query_[i], components);
          sums[row] = _mm256_add_epi32(sums[row], _mm256_madd_epi16(difference, difference));
        } else {
          sums[row] = _mm256_add_epi32(sums[row], _mm256_madd_epi16(query_[i], components));
        }
        if constexpr (metric == VectorMetric::kCosine) {
          lengths[row] = _mm256_add_epi32(lengths[row], _mm256_madd_epi16(components, components));
        }
      }
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(keys),
                     KeysOfSums<metric>(SumsOf(sums), length_, SumsOf(lengths)));
  }

 private:
  static constexpr size_t kChunks = bytes / 16;

  static __m256i Widened(const std::byte* row) {
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row));
    return element == VectorElement::kU8 ? _mm256_cvtepu8_epi16(chunk)
                                         : _mm256_cvtepi8_epi16(chunk);
  }

  const __m256i* query_;
  __m256d length_;
};

// Lanes 0 to 3 and 4 to 7 of two rows' sums: the order of summing is that of distance_functions.h.
struct Lanes {
  __m256d low = _mm256_setzero_pd();
  __m256d high = _mm256_setzero_pd();
};

inline __m128d SumsOf(const Lanes& first, const Lanes& second) {
  const __m256d low = _mm256_add_pd(_mm256_unpacklo_pd(first.low, second.low),
                                    _mm256_unpackhi_pd(first.low, second.low));
  const __m256d high = _mm256_add_pd(_mm256_unpacklo_pd(first.high, second.high),
                                     _mm256_unpackhi_pd(first.high, second.high));
  const __m256d sums = _mm256_add_pd(low, high);
  return _mm_add_pd(_mm256_castpd256_pd128(sums), _mm256_extractf128_pd(sums, 1));
}

inline __m256d SumsOf(const Lanes (&rows)[4]) {
  return _mm256_set_m128d(SumsOf(rows[2], rows[3]), SumsOf(rows[0], rows[1]));
}

template <VectorMetric metric, size_t bytes>
class FourRows<VectorElement::kF32, metric, bytes> {
 public:
  explicit FourRows(const PreparedVector& query)
      : query_(reinterpret_cast<const __m256d*>(&query.widened)),
        length_(_mm256_set1_pd(query.length)) {}

  void operator()(const std::byte* const (&rows)[4], DistanceKey* keys) const {
    Lanes sums[4];
    Lanes lengths[4];
    for (size_t row = 0; row < 4; ++row) {
      const auto* components = reinterpret_cast<const float*>(rows[row]);
      for (size_t i = 0; i < kChunks; ++i) {
        Add(query_[2 * i], components + i * 8, sums[row].low, lengths[row].low);
        Add(query_[2 * i + 1], components + i * 8 + 4, sums[row].high, lengths[row].high);
      }
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(keys),
                     KeysOfSums<metric>(SumsOf(sums), length_, SumsOf(lengths)));
  }

 private:
  static constexpr size_t kChunks = bytes / sizeof(float) / kLanes;

  static void Add(__m256d query, const float* row, __m256d& sums, __m256d& lengths) {
    const __m256d components = _mm256_cvtps_pd(_mm_loadu_ps(row));
    if constexpr (metric == VectorMetric::kL2) {
      const __m256d difference = _mm256_sub_pd(query, components);
      sums = _mm256_add_pd(sums, _mm256_mul_pd(difference, difference));
    } else {
      sums = _mm256_add_pd(sums, _mm256_mul_pd(query, components));
    }
    if constexpr (metric == VectorMetric::kCosine) {
      lengths = _mm256_add_pd(lengths, _mm256_mul_pd(components, components));
    }
  }

  const __m256d* query_;
  __m256d length_;
};

}  // namespace

DistanceFunctions Avx2Functions(VectorElement element, VectorMetric metric, size_t bytes) {
  return LoopsOver<FourRows>(element, metric, bytes);
}

}  // namespace sightline::index
