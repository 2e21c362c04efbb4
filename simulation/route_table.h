// Which way to go: fastest paths to a destination, from everywhere, found once and kept.
#pragma once

#include <cstdint>
#include <vector>

#include "simulation/road_graph.h"

namespace sightline::simulation {

// The choices that drivers have. Each is a set of costs; a driver keeps to one of them.
enum class RouteStyle : uint8_t {
  kFree,   // fastest on empty roads
  kRush,   // fastest when arterials are full
  kHabit,  // fastest as somebody believes who knows some streets better than others
  kShort,  // fewest metres
};
inline constexpr int kRouteStyles = 4;

// Operation: the first question about a destination runs Dijkstra's algorithm backwards from it and
// keeps one byte a node: 1 byte x nodes x destinations x styles when all were asked.
//
// Concurrency: not thread-safe; Next may compute.
class RouteTable {
 public:
  // `graph` outlives the table.
  RouteTable(const RoadGraph& graph, uint64_t seed);

  // The edge on which to leave `node` towards `destination`. Requires node != destination.
  uint32_t Next(RouteStyle style, uint32_t destination, uint32_t node) {
    return graph_.first_out(node) + Tree(style, destination)[node];
  }

  // For a whole walk: out[node] is the edge's place among those that leave the node.
  const std::vector<uint8_t>& Tree(RouteStyle style, uint32_t destination) {
    std::vector<uint8_t>& tree = trees_[static_cast<size_t>(style)][destination];
    if (tree.empty()) tree = Compute(style, destination);
    return tree;
  }

 private:
  std::vector<uint8_t> Compute(RouteStyle style, uint32_t destination) const;

  const RoadGraph& graph_;
  std::vector<std::vector<float>> costs_;                 // by style, of each edge
  std::vector<std::vector<std::vector<uint8_t>>> trees_;  // by style and destination
};

}  // namespace sightline::simulation
