#include "index/merge_policy.h"

#include <algorithm>
#include <numeric>

namespace sightline::index {
namespace {

// Bounds the maps and heads that a merge holds at once.
constexpr size_t kMaxMerged = 64;

constexpr size_t kGraphedFanIn = 16;

// Of `order`, segments by their rows: as many of the smallest as should become one.
size_t CountMerged(std::span<const MergeCandidate> segments, std::span<const size_t> order,
                   uint64_t max_rows, MergeEagerness eagerness) {
  size_t picked = 0;
  uint64_t smaller = 0;
  bool graphed = false;
  for (size_t i = 0; i < order.size() && i < kMaxMerged; ++i) {
    const MergeCandidate& next = segments[order[i]];
    if (smaller + next.rows > max_rows) break;
    graphed |= next.graphed;
    const uint64_t all = smaller + next.rows;
    size_t least = eagerness == MergeEagerness::kLazy ? 4 : 2;
    // Seals differ a little: so many of them as fit make seven eighths at least.
    if (graphed && eagerness == MergeEagerness::kLazy && all < max_rows / 8 * 7) {
      least = kGraphedFanIn;
    }
    // A segment is rewritten only with as much beside it (kIdle: half as much): it grows by a
    // factor.
    const bool grows = eagerness == MergeEagerness::kFull ||
                       next.rows <= (eagerness == MergeEagerness::kIdle ? 2 : 1) * smaller;
    if (i + 1 >= least && grows) picked = i + 1;
    smaller = all;
  }
  return picked;
}

}  // namespace

std::vector<size_t> PickMerge(std::span<const MergeCandidate> segments, uint64_t max_rows,
                              MergeEagerness eagerness) {
  std::vector<size_t> order(segments.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return segments[a].rows < segments[b].rows; });
  if (eagerness == MergeEagerness::kLazy) {
    std::vector<size_t> without_graphs;
    for (const size_t i : order) {
      if (!segments[i].graphed) without_graphs.push_back(i);
    }
    without_graphs.resize(CountMerged(segments, without_graphs, max_rows, eagerness));
    if (!without_graphs.empty()) return without_graphs;
  }
  order.resize(CountMerged(segments, order, max_rows, eagerness));
  return order;
}

std::optional<size_t> PickGraph(std::span<const GraphCandidate> candidates,
                                const GraphPolicy& policy) {
  std::optional<size_t> picked;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const GraphCandidate& candidate = candidates[i];
    if (candidate.vectors < policy.graph_vectors) continue;
    const uint64_t seals = std::max<uint64_t>(1, candidate.rows / policy.seal_rows);
    const bool is_due = policy.force || policy.idle ||
                        candidate.rows > policy.max_segment_rows / 2 ||
                        candidate.age_ms >= static_cast<int64_t>(seals) * policy.seal_idle_ms;
    if (is_due && (!picked || candidates[*picked].vectors < candidate.vectors)) picked = i;
  }
  return picked;
}

}  // namespace sightline::index
