#include "index/code_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace sightline::index {
namespace {

TEST(CodeSet, MatchesAsRowByRow) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (const size_t codes_in_all : {2u, 200u, 256u, 257u, 65'536u, 65'537u, 1'000'000u}) {
    for (const size_t wanted_count : {0u, 1u, 2u, 4u, 5u, 100u}) {
      std::vector<uint32_t> codes(4'200);
      for (uint32_t& code : codes) code = static_cast<uint32_t>(random() % codes_in_all);
      std::vector<uint32_t> wanted;
      while (wanted.size() < std::min(wanted_count, codes_in_all)) {
        const uint32_t code = wanted.size() % 2 == 0
                                  ? codes[random() % codes.size()]
                                  : static_cast<uint32_t>(random() % codes_in_all);
        if (std::find(wanted.begin(), wanted.end(), code) != wanted.end()) {
          if (codes_in_all == 2) break;
          continue;
        }
        wanted.push_back(code);
      }
      const CodeSet set(codes_in_all, wanted);
      const auto bytes = NarrowCodes(codes, codes_in_all);
      const CodeArray array{bytes.data(), CodeWidth(codes_in_all)};
      // Odd starts and lengths: the ends of vectorised loops.
      for (const size_t first : {0u, 1u, 63u}) {
        for (const size_t rows : {0u, 1u, 15u, 64u, 4'096u, 4'099u}) {
          std::vector<uint8_t> mask(rows, 1);
          for (size_t i = 0; i < rows; i += 5) mask[i] = 0;
          set.Match(array, first, mask);
          size_t ones = 0;
          for (size_t i = 0; i < rows; ++i) {
            const bool in =
                std::find(wanted.begin(), wanted.end(), codes[first + i]) != wanted.end();
            ASSERT_EQ(mask[i], i % 5 != 0 && in ? 1 : 0)
                << codes_in_all << " codes, " << wanted.size() << " wanted, row " << i;
            ones += mask[i];
          }
          ASSERT_EQ(CountOnes(mask), ones);
        }
      }
    }
  }
}

TEST(CodeSet, ABlockWithoutItsCodesIsRuledOut) {
  for (const size_t codes_in_all : {3u, 64u, 65u, 2'048u, 100'000u}) {
    const size_t words = BlockWords(codes_in_all);
    for (uint32_t code = 0; code < codes_in_all;
         code += 1 + static_cast<uint32_t>(codes_in_all / 50)) {
      std::vector<uint64_t> block(words);
      const size_t bit = code % (words * 64);
      block[bit / 64] = uint64_t{1} << bit % 64;
      const uint32_t other = code == 0 ? 1 : code - 1;
      EXPECT_TRUE(CodeSet(codes_in_all, std::vector{code}).MayOccur(block));
      EXPECT_TRUE(CodeSet(codes_in_all, std::vector{other, code}).MayOccur(block));
      EXPECT_FALSE(CodeSet(codes_in_all, std::vector{other}).MayOccur(block));
    }
  }
}

}  // namespace
}  // namespace sightline::index
