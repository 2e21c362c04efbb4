#include "index/plate_scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace sightline::index {
namespace {

// GCC compiles the function once for each instruction set and chooses when the program starts.
// Sanitizers are not ready yet when it does.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SIGHTLINE_PER_INSTRUCTION_SET \
  __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define SIGHTLINE_PER_INSTRUCTION_SET
#endif

constexpr size_t kLanes = 8;
constexpr size_t kStep = 32;      // words whose results share a mask of bits
constexpr size_t kBlock = 4'096;  // words between two looks at the cancellation

// Eight words at once, in whatever registers there are.
using Lanes = uint64_t __attribute__((vector_size(kLanes * sizeof(uint64_t))));

// Bit i of the result: words[i] passes. `plain` tests have no `present`.
SIGHTLINE_PER_INSTRUCTION_SET
void MarkPassing(const uint64_t* words, size_t steps, const WordTest* plain, size_t plains,
                 const WordTest* ended, size_t endeds, uint32_t* marks) {
  for (size_t step = 0; step < steps; ++step, words += kStep) {
    Lanes word[kStep / kLanes];
    std::memcpy(word, words, sizeof word);
    Lanes passing[kStep / kLanes] = {};
    for (size_t t = 0; t < plains; ++t) {
      for (size_t i = 0; i < kStep / kLanes; ++i) {
        passing[i] |= (Lanes)((word[i] & plain[t].mask) == plain[t].value);
      }
    }
    for (size_t t = 0; t < endeds; ++t) {
      for (size_t i = 0; i < kStep / kLanes; ++i) {
        passing[i] |= (Lanes)((word[i] & ended[t].mask) == ended[t].value) &
                      (Lanes)((word[i] & ended[t].present) != 0);
      }
    }
    const Lanes any = passing[0] | passing[1] | passing[2] | passing[3];
    uint64_t any_of_lanes = 0;
    for (size_t lane = 0; lane < kLanes; ++lane) any_of_lanes |= any[lane];
    uint32_t bits = 0;
    if (any_of_lanes != 0) {
      for (size_t i = 0; i < kStep; ++i) {
        bits |= static_cast<uint32_t>(passing[i / kLanes][i % kLanes] & 1) << i;
      }
    }
    marks[step] = bits;
  }
}
static_assert(kStep == 4 * kLanes && kBlock % kStep == 0);

}  // namespace

Result<std::vector<uint32_t>> PassingWords(std::span<const uint64_t> words,
                                           std::span<const WordTest> tests,
                                           const Cancellation& cancellation) {
  std::vector<WordTest> plain;
  std::vector<WordTest> ended;
  for (const WordTest& test : tests) (test.present == 0 ? plain : ended).push_back(test);
  std::vector<uint32_t> found;
  if (tests.empty()) return found;
  std::array<uint32_t, kBlock / kStep> marks;
  std::array<uint64_t, kStep> padded;
  for (size_t at = 0; at < words.size();) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    const size_t size = std::min(kBlock, words.size() - at);
    const size_t steps = size / kStep;
    MarkPassing(words.data() + at, steps, plain.data(), plain.size(), ended.data(), ended.size(),
                marks.data());
    const auto collect = [&](uint32_t bits, size_t first) {
      for (; bits != 0; bits &= bits - 1) {
        found.push_back(static_cast<uint32_t>(first + static_cast<size_t>(std::countr_zero(bits))));
      }
    };
    for (size_t step = 0; step < steps; ++step) collect(marks[step], at + step * kStep);
    at += steps * kStep;
    if (const size_t rest = size - steps * kStep; rest > 0) {
      padded.fill(0);
      std::copy_n(words.data() + at, rest, padded.data());
      MarkPassing(padded.data(), 1, plain.data(), plain.size(), ended.data(), ended.size(),
                  marks.data());
      collect(marks[0] & ((uint32_t{1} << rest) - 1), at);
      at += rest;
    }
  }
  return found;
}

}  // namespace sightline::index
