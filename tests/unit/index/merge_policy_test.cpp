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

// A day at live load: seals come one by one, each gets its graph before the next, and what is merged
// gets one too.
TEST(MergePolicy, AVectorIsBuiltIntoAGraphAboutTwice) {
  constexpr uint64_t kMax = 4'194'304;
  constexpr uint64_t kSeal = 262'144;
  std::vector<MergeCandidate> segments;
  uint64_t rows = 0;
  uint64_t built = 0;
  size_t most = 0;
  for (uint64_t i = 0; i < 115; ++i) {
    const uint64_t sealed = kSeal + i * 977 % 4'096;  // reading goes on to the end of its step
    rows += sealed;
    built += sealed;
    segments.push_back({.rows = sealed, .graphed = true});
    for (Indices picked; !(picked = PickMerge(segments, kMax, MergeEagerness::kLazy)).empty();) {
      uint64_t merged = 0;
      std::sort(picked.rbegin(), picked.rend());
      for (const size_t index : picked) {
        merged += segments[index].rows;
        segments.erase(segments.begin() + static_cast<ptrdiff_t>(index));
      }
      ASSERT_LE(merged, kMax);
      built += merged;
      segments.push_back({.rows = merged, .graphed = true});
    }
    most = std::max(most, segments.size());
  }
  EXPECT_LE(built, 2 * rows);
  EXPECT_LE(most, 8u + 16u);
}

TEST(MergePolicy, SegmentsWithoutGraphsMergeAmongEachOther) {
  const std::vector<MergeCandidate> segments = {{.rows = 5},
                                                {.rows = 5, .graphed = true},
                                                {.rows = 5},
                                                {.rows = 5},
                                                {.rows = 5, .graphed = true},
                                                {.rows = 5}};
  EXPECT_EQ(PickMerge(segments, 1'000, MergeEagerness::kLazy), (Indices{0, 2, 3, 5}));
  EXPECT_EQ(PickMerge(std::span(segments).first(5), 1'000, MergeEagerness::kLazy), Indices{});
  EXPECT_EQ(PickMerge(std::span(segments).first(2), 1'000, MergeEagerness::kIdle),
            (Indices{0, 1}));
}

TEST(GraphPolicy, WaitsWhileABulkLoadWouldMergeTheSegment) {
  const GraphPolicy policy{.graph_vectors = 10,
                           .max_segment_rows = 1'000,
                           .seal_rows = 100,
                           .seal_idle_ms = 30};
  struct Case {
    const char* name;
    GraphCandidate candidate;
    bool idle = false;
    bool force = false;
    bool is_due = false;
  };
  const Case cases[] = {
      {.name = "just sealed", .candidate = {.vectors = 100, .rows = 100, .age_ms = 29}},
      {.name = "old enough", .candidate = {.vectors = 100, .rows = 100, .age_ms = 30},
       .is_due = true},
      {.name = "larger", .candidate = {.vectors = 400, .rows = 400, .age_ms = 119}},
      {.name = "larger and old enough", .candidate = {.vectors = 400, .rows = 400, .age_ms = 120},
       .is_due = true},
      {.name = "as large as they get", .candidate = {.vectors = 20, .rows = 501, .age_ms = 0},
       .is_due = true},
      {.name = "quiet", .candidate = {.vectors = 100, .rows = 100}, .idle = true, .is_due = true},
      {.name = "forced", .candidate = {.vectors = 100, .rows = 100}, .force = true,
       .is_due = true},
      {.name = "not worth one", .candidate = {.vectors = 9, .rows = 900, .age_ms = 1'000'000},
       .idle = true, .force = true},
  };
  for (const Case& c : cases) {
    GraphPolicy now = policy;
    now.idle = c.idle;
    now.force = c.force;
    EXPECT_EQ(PickGraph({&c.candidate, 1}, now).has_value(), c.is_due) << c.name;
  }
  const GraphCandidate two[] = {{.vectors = 50, .rows = 900}, {.vectors = 60, .rows = 900}};
  EXPECT_EQ(PickGraph(two, policy), 1u);
}

}  // namespace
}  // namespace sightline::index
