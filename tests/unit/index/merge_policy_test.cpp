#include "index/merge_policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace sightline::index {
namespace {

using Indices = std::vector<size_t>;

std::vector<MergeCandidate> WithoutGraphs(const std::vector<uint64_t>& rows) {
  std::vector<MergeCandidate> segments;
  for (const uint64_t each : rows) segments.push_back({.rows = each});
  return segments;
}

TEST(MergePolicy, PicksSegmentsOfAboutOneSize) {
  struct Case {
    const char* name;
    std::vector<uint64_t> rows;
    MergeEagerness eagerness;
    Indices picked;
  };
  const Case cases[] = {
      {.name = "nothing", .rows = {}, .eagerness = MergeEagerness::kFull, .picked = {}},
      {.name = "one", .rows = {5}, .eagerness = MergeEagerness::kFull, .picked = {}},
      {.name = "three wait", .rows = {5, 5, 5}, .eagerness = MergeEagerness::kLazy, .picked = {}},
      {.name = "four", .rows = {5, 5, 5, 5}, .eagerness = MergeEagerness::kLazy,
       .picked = {0, 1, 2, 3}},
      {.name = "a large one stays", .rows = {900, 5, 7, 5, 6}, .eagerness = MergeEagerness::kLazy,
       .picked = {1, 3, 4, 2}},
      {.name = "until it is due", .rows = {20, 5, 5, 5, 5}, .eagerness = MergeEagerness::kLazy,
       .picked = {1, 2, 3, 4, 0}},
      {.name = "two when idle", .rows = {5, 9}, .eagerness = MergeEagerness::kIdle,
       .picked = {0, 1}},
      {.name = "not unequal ones", .rows = {5, 11}, .eagerness = MergeEagerness::kIdle,
       .picked = {}},
      {.name = "all of them", .rows = {5, 100, 800}, .eagerness = MergeEagerness::kFull,
       .picked = {0, 1, 2}},
      {.name = "what fits", .rows = {500, 100, 800}, .eagerness = MergeEagerness::kFull,
       .picked = {1, 0}},
      {.name = "nothing fits", .rows = {500, 600}, .eagerness = MergeEagerness::kFull,
       .picked = {}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(PickMerge(WithoutGraphs(c.rows), 1'000, c.eagerness), c.picked) << c.name;
  }
}

TEST(MergePolicy, ARowIsRewrittenSeldomAndSegmentsStayFew) {
  // Seals of one row each, for long.
  std::vector<uint64_t> rows;
  uint64_t rewritten = 0;
  constexpr uint64_t kRows = 20'000;
  for (uint64_t i = 0; i < kRows; ++i) {
    rows.push_back(1);
    for (Indices picked; !(picked = PickMerge(WithoutGraphs(rows), std::numeric_limits<uint64_t>::max(),
                                              MergeEagerness::kLazy))
                              .empty();) {
      uint64_t merged = 0;
      std::sort(picked.rbegin(), picked.rend());
      for (const size_t index : picked) {
        merged += rows[index];
        rows.erase(rows.begin() + static_cast<ptrdiff_t>(index));
      }
      rewritten += merged;
      rows.push_back(merged);
    }
    ASSERT_LE(rows.size(), 3 + 15u) << "log2(20,000) and those that wait";
  }
  EXPECT_EQ(std::accumulate(rows.begin(), rows.end(), uint64_t{0}), kRows);
  EXPECT_LE(rewritten, 15 * kRows);
}

}  // namespace
}  // namespace sightline::index
