#include "index/merge_policy.h"

#include <algorithm>
#include <numeric>

namespace sightline::index {
namespace {

// Bounds the maps and heads that a merge holds at once.
constexpr size_t kMaxMerged = 64;

}  // namespace

std::vector<size_t> PickMerge(std::span<const uint64_t> rows, uint64_t max_rows,
                              MergeEagerness eagerness) {
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return rows[a] < rows[b]; });
  const size_t least = eagerness == MergeEagerness::kLazy ? 4 : 2;
  size_t picked = 0;
  uint64_t smaller = 0;
  for (size_t i = 0; i < order.size() && i < kMaxMerged; ++i) {
    const uint64_t size = rows[order[i]];
    if (smaller + size > max_rows) break;
    // A segment is rewritten only with as much beside it (kIdle: half as much): it grows by a
    // factor.
    const bool grows = eagerness == MergeEagerness::kFull ||
                       size <= (eagerness == MergeEagerness::kIdle ? 2 : 1) * smaller;
    if (i + 1 >= least && grows) picked = i + 1;
    smaller += size;
  }
  order.resize(picked);
  return order;
}

}  // namespace sightline::index
