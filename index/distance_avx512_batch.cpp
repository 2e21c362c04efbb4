// Distances of sixteen queries at once with the VNNI instructions of AVX-512.
//
// vpdpbusd sums products of four unsigned and four signed bytes in each of sixteen lanes. A lane is
// a query here: four bytes of a row go to all lanes and meet the same four bytes of every query,
// so that no lanes need be added up. What is signed that should not be, or the reverse, has its top
// bit flipped, which takes 128 from a component or adds it. With r a row, q a query and sums over
// components, written for u8 (i8):
//   raw = sum r (q - 128)           (sum (q + 128) r)
//   t   = sum r -128                (sum 128 r)
//   s   = sum r (r - 128)           (sum (r + 128) r)
// Then for both the product of r and q is raw - t, and that of r with itself s - t.
#include <immintrin.h>

#include "index/distance_avx512_sums.h"
#include "index/distance_four_keys.h"
#include "index/distance_functions.h"

namespace sightline::index {
namespace {

constexpr size_t kTogether = 16;
// With fewer it is faster to go by one query after another.
constexpr size_t kFewest = 5;
// For how many groups of queries rows are read once.
constexpr size_t kGroups = 4;
constexpr size_t kBlockBytes = 64 * 1024;

// In: element j of row i. Out: element i of row j.
inline void Transpose(__m512i (&rows)[16]) {
  __m512i pairs[16];
  for (size_t i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
  __m512i fours[16];
  for (size_t i = 0; i < 16; i += 4) {
    fours[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
    fours[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
    fours[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
    fours[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
  }
  // A quarter of fours[4 * i + j] is four elements of column j, j + 4, j + 8 or j + 12.
  for (size_t j = 0; j < 4; ++j) {
    const __m512i even = _mm512_shuffle_i32x4(fours[j], fours[4 + j], 0x88);
    const __m512i odd = _mm512_shuffle_i32x4(fours[j], fours[4 + j], 0xDD);
    const __m512i later_even = _mm512_shuffle_i32x4(fours[8 + j], fours[12 + j], 0x88);
    const __m512i later_odd = _mm512_shuffle_i32x4(fours[8 + j], fours[12 + j], 0xDD);
    rows[j] = _mm512_shuffle_i32x4(even, later_even, 0x88);
    rows[4 + j] = _mm512_shuffle_i32x4(odd, later_odd, 0x88);
    rows[8 + j] = _mm512_shuffle_i32x4(even, later_even, 0xDD);
    rows[12 + j] = _mm512_shuffle_i32x4(odd, later_odd, 0xDD);
  }
}

inline __m512i Joined(const __m128i (&quarters)[4]) {
  const __m256i low = _mm256_set_m128i(quarters[1], quarters[0]);
  return _mm512_inserti64x4(_mm512_castsi256_si512(low),
                            _mm256_set_m128i(quarters[3], quarters[2]), 1);
}

template <VectorElement element>
__m512i AddProducts(__m512i sums, __m512i row, __m512i query) {
  return element == VectorElement::kU8 ? _mm512_dpbusd_epi32(sums, row, query)
                                       : _mm512_dpbusd_epi32(sums, query, row);
}

// Up to sixteen queries; lanes without one are zero and their keys are not written.
template <VectorElement element, VectorMetric metric, size_t bytes>
class Group {
 public:
  void Set(const PreparedVector* queries, size_t count) {
    queries_ = queries;
    count_ = count;
    constexpr uint32_t kTopBits = 0x8080'8080;
    for (size_t i = 0; i < kWords; ++i) {
      for (size_t q = 0; q < kTogether; ++q) {
        if (q < count) {
          words_[i][q] = reinterpret_cast<const uint32_t*>(&queries[q].bytes)[i] ^ kTopBits;
        } else {
          words_[i][q] = 0;
        }
      }
    }
  }

  const PreparedVector* queries() const { return queries_; }
  size_t count() const { return count_; }

  // Keys of sixteen rows; those of a query are `stride` behind those of the one before. `next` is
  // where the following sixteen lie.
  void Compare(const std::byte* rows, const std::byte* next, size_t stride,
               DistanceKey* keys) const {
    __m512i raw[16] = {};
    for (size_t i = 0; i < kWords; ++i) {
      // Too much is done with a row for the processor to look ahead by itself.
      __builtin_prefetch(next + i * 64);
      const __m512i words = _mm512_load_si512(words_[i]);
      for (size_t row = 0; row < 16; ++row) {
        const __m512i word = _mm512_set1_epi32(WordAt(rows + row * bytes + i * sizeof(uint32_t)));
        raw[row] = AddProducts<element>(raw[row], word, words);
      }
    }
    Transpose(raw);
    // s + t, t and s - t.
    __m128i both[4] = {};
    __m128i shifts[4] = {};
    __m128i lengths[4] = {};
    for (size_t i = 0; i < 4; ++i) {
      const std::byte* four = rows + 4 * i * bytes;
      if constexpr (metric == VectorMetric::kL2) {
        both[i] = RowSums<true, true>(four);
      } else {
        shifts[i] = RowSums<false, true>(four);
      }
      if constexpr (metric == VectorMetric::kCosine) {
        lengths[i] = _mm_sub_epi32(RowSums<true, false>(four), shifts[i]);
      }
    }
    for (size_t q = 0; q < count_; ++q, keys += stride) {
      __m512i found;
      if constexpr (metric == VectorMetric::kL2) {
        const auto length = static_cast<int32_t>(queries_[q].integer_term);
        found = _mm512_sub_epi32(_mm512_add_epi32(Joined(both), _mm512_set1_epi32(length)),
                                 _mm512_slli_epi32(raw[q], 1));
      } else if constexpr (metric == VectorMetric::kInnerProduct) {
        found = _mm512_sub_epi32(
            _mm512_add_epi32(Joined(shifts), _mm512_set1_epi32(kProductOffset)), raw[q]);
      } else {
        found = CosineKeysOf(_mm512_sub_epi32(raw[q], Joined(shifts)),
                             _mm256_set1_pd(queries_[q].length), lengths);
      }
      _mm512_storeu_si512(keys, found);
    }
  }

 private:
  static constexpr size_t kWords = bytes / sizeof(uint32_t);

  static int32_t WordAt(const std::byte* at) {
    int32_t word;
    __builtin_memcpy(&word, at, sizeof(word));
    return word;
  }

  // s, t or their sum, of four rows.
  template <bool with_s, bool with_t>
  static __m128i RowSums(const std::byte* rows) {
    const __m512i top_bits = _mm512_set1_epi8(static_cast<char>(0x80));
    __m512i sums[4] = {};
    for (size_t row = 0; row < 4; ++row) {
      for (size_t at = 0; at < bytes; at += 64) {
        const __m512i chunk = _mm512_loadu_si512(rows + row * bytes + at);
        if constexpr (with_s) {
          sums[row] = AddProducts<element>(sums[row], chunk, _mm512_xor_si512(chunk, top_bits));
        }
        if constexpr (with_t) sums[row] = AddProducts<element>(sums[row], chunk, top_bits);
      }
    }
    return SumsOf(sums);
  }

  static __m512i CosineKeysOf(__m512i products, __m256d query_length,
                              const __m128i (&row_lengths)[4]) {
    const __m128i four[4] = {
        _mm512_extracti32x4_epi32(products, 0), _mm512_extracti32x4_epi32(products, 1),
        _mm512_extracti32x4_epi32(products, 2), _mm512_extracti32x4_epi32(products, 3)};
    __m128i keys[4];
    for (size_t i = 0; i < 4; ++i) {
      keys[i] = KeysOfSums<VectorMetric::kCosine>(four[i], query_length, row_lengths[i]);
    }
    return Joined(keys);
  }

  alignas(64) uint32_t words_[kWords][kTogether];
  const PreparedVector* queries_ = nullptr;
  size_t count_ = 0;
};

template <VectorElement element, VectorMetric metric, size_t bytes>
void Batch(const PreparedVector* queries, size_t query_count, const std::byte* rows,
           size_t row_count, DistanceKey* keys) {
  const auto one_query = Avx512Functions(element, metric, bytes).contiguous;
  Group<element, metric, bytes> groups[kGroups];
  for (size_t done = 0; done < query_count; done += kGroups * kTogether) {
    size_t group_count = 0;
    for (size_t q = done; q < query_count && group_count < kGroups; q += kTogether) {
      const size_t left = query_count - q;
      groups[group_count++].Set(queries + q, left < kTogether ? left : kTogether);
    }
    constexpr size_t kBlockRows = kBlockBytes / bytes;
    for (size_t first = 0; first < row_count; first += kBlockRows) {
      const size_t end = row_count - first < kBlockRows ? row_count : first + kBlockRows;
      for (size_t g = 0; g < group_count; ++g) {
        const auto& group = groups[g];
        DistanceKey* group_keys = keys + (done + g * kTogether) * row_count;
        size_t row = first;
        for (; group.count() >= kFewest && row + 16 <= end; row += 16) {
          const size_t next = row + 32 <= row_count ? row + 16 : row;
          group.Compare(rows + row * bytes, rows + next * bytes, row_count, group_keys + row);
        }
        for (size_t q = 0; row < end && q < group.count(); ++q) {
          one_query(group.queries()[q], rows + row * bytes, end - row,
                    group_keys + q * row_count + row);
        }
      }
    }
  }
}

template <VectorElement element, VectorMetric metric>
decltype(DistanceFunctions::batch) BatchOf(size_t bytes) {
  return bytes == 128 ? &Batch<element, metric, 128> : &Batch<element, metric, 512>;
}

template <VectorElement element>
decltype(DistanceFunctions::batch) BatchOf(VectorMetric metric, size_t bytes) {
  switch (metric) {
    case VectorMetric::kL2:
      return BatchOf<element, VectorMetric::kL2>(bytes);
    case VectorMetric::kCosine:
      return BatchOf<element, VectorMetric::kCosine>(bytes);
    case VectorMetric::kInnerProduct:
      break;
  }
  return BatchOf<element, VectorMetric::kInnerProduct>(bytes);
}

}  // namespace

decltype(DistanceFunctions::batch) Avx512Batch(VectorElement element, VectorMetric metric,
                                               size_t bytes) {
  return element == VectorElement::kU8 ? BatchOf<VectorElement::kU8>(metric, bytes)
                                       : BatchOf<VectorElement::kI8>(metric, bytes);
}

}  // namespace sightline::index
