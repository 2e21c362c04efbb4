#include "query/travel_ways.h"

#include <algorithm>
#include <limits>
#include <queue>
#include <utility>

namespace sightline::query {
namespace {

constexpr double kNoWay = std::numeric_limits<double>::infinity();
// Of all rows together.
constexpr size_t kMaxRowBytes = size_t{512} << 20;
constexpr uint32_t kNobody = 0xFFFF'FFFF;

struct Reached {
  double seconds = 0;
  uint32_t node = 0;
};
struct Later {
  bool operator()(const Reached& a, const Reached& b) const { return a.seconds > b.seconds; }
};

// What Dijkstra's algorithm finds: the seconds to each node, and the node before it.
struct Tree {
  std::vector<double> seconds;
  std::vector<uint32_t> before;
};

// Ends early once `to` is reached.
template <typename Seconds>
Tree GrowTree(const TravelGraph& graph, uint32_t from, uint32_t to, Seconds seconds) {
  Tree tree{std::vector<double>(graph.nodes.size(), kNoWay),
            std::vector<uint32_t>(graph.nodes.size(), kNobody)};
  std::priority_queue<Reached, std::vector<Reached>, Later> next;
  tree.seconds[from] = 0;
  next.push({0, from});
  while (!next.empty()) {
    const Reached at = next.top();
    next.pop();
    if (at.node == to) break;
    if (at.seconds > tree.seconds[at.node]) continue;  // a shorter way was found since
    for (const LearnedLink& link : graph.LinksOf(at.node)) {
      const double there = at.seconds + seconds(link);
      if (there >= tree.seconds[link.to]) continue;
      tree.seconds[link.to] = there;
      tree.before[link.to] = at.node;
      next.push({there, link.to});
    }
  }
  return tree;
}

}  // namespace

FastestWays::FastestWays(const TravelGraph& graph)
    : graph_(graph),
      max_rows_(kMaxRowBytes / (sizeof(float) * std::max<size_t>(1, graph.nodes.size()))),
      rows_(std::make_unique<std::atomic<const float*>[]>(graph.nodes.size())) {}

const float* FastestWays::RowOf(uint32_t from) const {
  if (const float* row = rows_[from].load(std::memory_order_acquire)) return row;
  {
    MutexLock lock(mutex_);
    if (kept_.size() >= max_rows_) return nullptr;
  }
  // Two threads may make the same row; they make it alike.
  const Tree tree = GrowTree(graph_, from, kNobody,
                             [](const LearnedLink& link) { return double{link.fastest_s}; });
  std::vector<float> row(tree.seconds.begin(), tree.seconds.end());
  for (uint32_t i = 0; i < row.size(); ++i) {
    constexpr float kLeast = 1e-3f;  // so that the sign says what it is to say
    if (tree.before[i] == from && graph_.FindLink(from, i)->all.samples >= kAmpleSamples) {
      row[i] = -std::max(kLeast, row[i]);
    }
  }
  MutexLock lock(mutex_);
  if (const float* other = rows_[from].load(std::memory_order_relaxed)) return other;
  kept_.push_back(std::move(row));
  rows_[from].store(kept_.back().data(), std::memory_order_release);
  return kept_.back().data();
}

std::optional<Way> ShortestWay(const TravelGraph& graph, uint32_t from, uint32_t to,
                               const std::function<double(const LearnedLink&)>& seconds) {
  const Tree tree = GrowTree(graph, from, to, seconds);
  if (tree.seconds[to] == kNoWay) return std::nullopt;
  Way way{.seconds = tree.seconds[to], .nodes = {to}};
  while (way.nodes.back() != from) way.nodes.push_back(tree.before[way.nodes.back()]);
  std::ranges::reverse(way.nodes);
  return way;
}

}  // namespace sightline::query
