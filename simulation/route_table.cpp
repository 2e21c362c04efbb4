#include "simulation/route_table.h"

#include <limits>
#include <queue>

#include "simulation/random.h"

namespace sightline::simulation {
namespace {

float Cost(RouteStyle style, const Edge& edge, uint32_t index, uint64_t seed) {
  const float seconds = edge.length_m / edge.speed_limit_kmh * 3.6f;
  switch (style) {
    case RouteStyle::kFree:
      return seconds;
    case RouteStyle::kRush: {
      constexpr float kFull[kRoadClasses] = {1.9f, 1.7f, 1.3f, 1.1f};
      return seconds * kFull[static_cast<size_t>(edge.road_class)];
    }
    case RouteStyle::kHabit: {
      Random random(seed, Stream::kRoute, {index});
      return seconds * static_cast<float>(random.Uniform(0.6, 1.4));
    }
    case RouteStyle::kShort:
      return edge.length_m;
  }
  return seconds;
}

}  // namespace

RouteTable::RouteTable(const RoadGraph& graph, uint64_t seed)
    : graph_(graph),
      costs_(kRouteStyles),
      trees_(kRouteStyles, std::vector<std::vector<uint8_t>>(graph.node_count())) {
  for (int style = 0; style < kRouteStyles; ++style) {
    for (uint32_t i = 0; i < graph.edges().size(); ++i) {
      costs_[static_cast<size_t>(style)].push_back(
          Cost(static_cast<RouteStyle>(style), graph.edge(i), i, seed));
    }
  }
}

std::vector<uint8_t> RouteTable::Compute(RouteStyle style, uint32_t destination) const {
  const std::vector<float>& costs = costs_[static_cast<size_t>(style)];
  std::vector<uint8_t> tree(graph_.node_count());
  std::vector<float> best(graph_.node_count(), std::numeric_limits<float>::infinity());
  // Equal costs are settled by the node's number, so that the tree is the same everywhere.
  using Entry = std::pair<float, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  best[destination] = 0;
  queue.push({0, destination});
  while (!queue.empty()) {
    const auto [cost, node] = queue.top();
    queue.pop();
    if (cost > best[node]) continue;
    for (const uint32_t index : graph_.incoming(node)) {
      const uint32_t from = graph_.edge(index).from;
      const float through = cost + costs[index];
      if (through >= best[from]) continue;
      best[from] = through;
      tree[from] = static_cast<uint8_t>(index - graph_.first_out(from));
      queue.push({through, from});
    }
  }
  return tree;
}

}  // namespace sightline::simulation
