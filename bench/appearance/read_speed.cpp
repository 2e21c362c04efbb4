#include "bench/appearance/read_speed.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <vector>

namespace sightline::bench {
namespace {

// Sums in as many places as keep the loads apart; the compiler turns it into wide ones.
uint64_t Sum(std::span<const std::byte> memory) {
  constexpr size_t kWords = 64;
  std::array<uint64_t, kWords> sums{};
  std::array<uint64_t, kWords> words;
  for (size_t at = 0; at + sizeof(words) <= memory.size(); at += sizeof(words)) {
    std::memcpy(words.data(), memory.data() + at, sizeof(words));
    for (size_t i = 0; i < kWords; ++i) sums[i] += words[i];
  }
  uint64_t total = 0;
  for (const uint64_t sum : sums) total += sum;
  return total;
}

}  // namespace

double ReadSpeed(std::span<const std::byte> memory, int tries) {
  double best = 0;
  volatile uint64_t total = 0;  // so that the sum is wanted
  for (int i = 0; i < tries; ++i) {
    const auto start = std::chrono::steady_clock::now();
    total = total + Sum(memory);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(memory.size()) / took.count());
  }
  return best;
}

double MemoryReadSpeed(size_t bytes, int tries) {
  std::vector<std::byte> memory(bytes);
  ::madvise(memory.data(), bytes, MADV_HUGEPAGE);
  std::ranges::fill(memory, std::byte{1});
  return ReadSpeed(memory, tries);
}

}  // namespace sightline::bench
