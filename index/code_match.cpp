// Compiled with -O3 (CMakeLists.txt): GCC 12 does not vectorise these loops below that.
#include "index/code_match.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace sightline::index {
namespace {

template <typename T>
using Wanted = std::array<T, 4>;

// Inlined into a function for each instruction set, and vectorised there.
template <typename T>
[[gnu::always_inline]] inline void Compare(const T* codes, size_t rows, Wanted<T> wanted,
                                           uint8_t* mask) {
  for (size_t i = 0; i < rows; ++i) {
    const T code = codes[i];
    mask[i] &= static_cast<uint8_t>((code == wanted[0]) | (code == wanted[1]) |
                                    (code == wanted[2]) | (code == wanted[3]));
  }
}

template <typename T>
[[gnu::always_inline]] inline void CompareOne(const T* codes, size_t rows, T wanted,
                                              uint8_t* mask) {
  for (size_t i = 0; i < rows; ++i) mask[i] &= static_cast<uint8_t>(codes[i] == wanted);
}

template <typename T>
using CompareFunction = void (*)(const T*, size_t, Wanted<T>, uint8_t*);
template <typename T>
using CompareOneFunction = void (*)(const T*, size_t, T, uint8_t*);

template <typename T>
void CompareBaseline(const T* codes, size_t rows, Wanted<T> wanted, uint8_t* mask) {
  Compare(codes, rows, wanted, mask);
}
template <typename T>
void CompareOneBaseline(const T* codes, size_t rows, T wanted, uint8_t* mask) {
  CompareOne(codes, rows, wanted, mask);
}

#if defined(__x86_64__)
#define SIGHTLINE_AVX2 __attribute__((target("avx2")))
#define SIGHTLINE_AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512vl,prefer-vector-width=512")))

template <typename T>
SIGHTLINE_AVX2 void CompareAvx2(const T* codes, size_t rows, Wanted<T> wanted, uint8_t* mask) {
  Compare(codes, rows, wanted, mask);
}
template <typename T>
SIGHTLINE_AVX2 void CompareOneAvx2(const T* codes, size_t rows, T wanted, uint8_t* mask) {
  CompareOne(codes, rows, wanted, mask);
}
template <typename T>
SIGHTLINE_AVX512 void CompareAvx512(const T* codes, size_t rows, Wanted<T> wanted, uint8_t* mask) {
  Compare(codes, rows, wanted, mask);
}
template <typename T>
SIGHTLINE_AVX512 void CompareOneAvx512(const T* codes, size_t rows, T wanted, uint8_t* mask) {
  CompareOne(codes, rows, wanted, mask);
}

enum class InstructionSet { kBaseline, kAvx2, kAvx512 };

InstructionSet Best() {
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    return InstructionSet::kAvx512;
  }
  return __builtin_cpu_supports("avx2") ? InstructionSet::kAvx2 : InstructionSet::kBaseline;
}

template <typename T>
CompareFunction<T> PickCompare() {
  switch (Best()) {
    case InstructionSet::kAvx512:
      return CompareAvx512<T>;
    case InstructionSet::kAvx2:
      return CompareAvx2<T>;
    default:
      return CompareBaseline<T>;
  }
}
template <typename T>
CompareOneFunction<T> PickCompareOne() {
  switch (Best()) {
    case InstructionSet::kAvx512:
      return CompareOneAvx512<T>;
    case InstructionSet::kAvx2:
      return CompareOneAvx2<T>;
    default:
      return CompareOneBaseline<T>;
  }
}
#else
template <typename T>
CompareFunction<T> PickCompare() {
  return CompareBaseline<T>;
}
template <typename T>
CompareOneFunction<T> PickCompareOne() {
  return CompareOneBaseline<T>;
}
#endif

template <typename T>
void MatchFew(const T* codes, std::span<const uint32_t> few, std::span<uint8_t> mask) {
  static const CompareFunction<T> compare = PickCompare<T>();
  static const CompareOneFunction<T> compare_one = PickCompareOne<T>();
  if (few.size() == 1) {
    compare_one(codes, mask.size(), static_cast<T>(few[0]), mask.data());
    return;
  }
  Wanted<T> wanted;
  for (size_t i = 0; i < wanted.size(); ++i) {
    wanted[i] = static_cast<T>(few[std::min(i, few.size() - 1)]);
  }
  compare(codes, mask.size(), wanted, mask.data());
}

template <typename T>
void MatchMany(const T* codes, const uint8_t* contains, std::span<uint8_t> mask) {
  for (size_t i = 0; i < mask.size(); ++i) mask[i] &= contains[codes[i]];
}

template <typename T>
void MatchCodes(const std::byte* codes, size_t first, std::span<const uint32_t> wanted,
                bool compared, const uint8_t* contains, std::span<uint8_t> mask) {
  const T* from = reinterpret_cast<const T*>(codes) + first;
  if (compared) MatchFew(from, wanted, mask);
  else MatchMany(from, contains, mask);
}

}  // namespace

CodeSet::CodeSet(size_t codes_in_all, std::span<const uint32_t> wanted)
    : wanted_(wanted.begin(), wanted.end()),
      contains_(codes_in_all),
      folded_(BlockWords(codes_in_all)) {
  for (const uint32_t code : wanted) {
    contains_[code] = 1;
    const size_t bit = code % (folded_.size() * 64);
    folded_[bit / 64] |= uint64_t{1} << (bit % 64);
  }
}

bool CodeSet::MayOccur(std::span<const uint64_t> block) const {
  uint64_t common = 0;
  for (size_t i = 0; i < folded_.size(); ++i) common |= folded_[i] & block[i];
  return common != 0;
}

void CodeSet::Match(const CodeArray& codes, size_t first, std::span<uint8_t> mask) const {
  if (wanted_.empty()) {
    std::fill(mask.begin(), mask.end(), uint8_t{0});
    return;
  }
  switch (codes.width) {
    case 1:
      return MatchCodes<uint8_t>(codes.data, first, wanted_, compared(), contains_.data(), mask);
    case 2:
      return MatchCodes<uint16_t>(codes.data, first, wanted_, compared(), contains_.data(), mask);
    default:
      return MatchCodes<uint32_t>(codes.data, first, wanted_, compared(), contains_.data(), mask);
  }
}

void AppendOnes(std::span<const uint8_t> mask, uint32_t first, std::vector<uint32_t>& rows) {
  size_t i = 0;
  for (; i + 8 <= mask.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, mask.data() + i, sizeof(word));
    for (; word != 0; word &= word - 1) {
      rows.push_back(first + static_cast<uint32_t>(i + std::countr_zero(word) / 8));
    }
  }
  for (; i < mask.size(); ++i) {
    if (mask[i] != 0) rows.push_back(first + static_cast<uint32_t>(i));
  }
}

size_t CountOnes(std::span<const uint8_t> mask) {
  // Bytes are added eight at a time, as often as none can overflow. (The instruction that counts
  // bits is not in the oldest x86-64.)
  constexpr size_t kBytesASum = 255 * sizeof(uint64_t);
  size_t ones = 0;
  while (mask.size() >= sizeof(uint64_t)) {
    const size_t words = std::min(mask.size(), kBytesASum) / sizeof(uint64_t);
    uint64_t sums = 0;
    for (size_t i = 0; i < words; ++i) {
      uint64_t word;
      std::memcpy(&word, mask.data() + i * sizeof(word), sizeof(word));
      sums += word;
    }
    for (; sums != 0; sums >>= 8) ones += sums & 0xFF;
    mask = mask.subspan(words * sizeof(uint64_t));
  }
  for (const uint8_t byte : mask) ones += byte;
  return ones;
}

}  // namespace sightline::index
