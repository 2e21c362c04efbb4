#include "simulation/road_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "simulation/portable_math.h"

namespace sightline::simulation {
namespace {

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();
constexpr size_t kMaxEdgesAtNode = 250;  // a route table holds the choice in a byte

// Marks what can be reached from `start` along edges[i].from -> to (or backwards).
std::vector<bool> Reachable(size_t nodes, const std::vector<Edge>& edges, uint32_t start,
                            bool backwards) {
  std::vector<std::vector<uint32_t>> next(nodes);
  for (const Edge& edge : edges) {
    if (backwards) {
      next[edge.to].push_back(edge.from);
    } else {
      next[edge.from].push_back(edge.to);
    }
  }
  std::vector<bool> seen(nodes);
  std::vector<uint32_t> stack{start};
  seen[start] = true;
  while (!stack.empty()) {
    const uint32_t node = stack.back();
    stack.pop_back();
    for (const uint32_t other : next[node]) {
      if (seen[other]) continue;
      seen[other] = true;
      stack.push_back(other);
    }
  }
  return seen;
}

// Node -> whether it belongs to the largest strongly connected part. Parts of a road network are
// few and one is by far the largest, so each is found by two searches from a node not yet placed.
std::vector<bool> LargestConnected(size_t nodes, const std::vector<Edge>& edges) {
  std::vector<bool> placed(nodes);
  std::vector<bool> best;
  size_t best_size = 0;
  for (uint32_t start = 0; start < nodes; ++start) {
    if (placed[start]) continue;
    const std::vector<bool> forward = Reachable(nodes, edges, start, false);
    const std::vector<bool> backward = Reachable(nodes, edges, start, true);
    std::vector<bool> part(nodes);
    size_t size = 0;
    for (size_t i = 0; i < nodes; ++i) {
      part[i] = forward[i] && backward[i];
      if (!part[i]) continue;
      placed[i] = true;
      ++size;
    }
    if (size > best_size) {
      best_size = size;
      best = std::move(part);
    }
    if (best_size * 2 > nodes) break;
  }
  return best;
}

}  // namespace

Position RoundedPosition(double lon, double lat) {
  const auto round = [](double degrees) { return std::floor(degrees * 1e6 + 0.5) / 1e6; };
  return {round(lon), round(lat)};
}

Result<RoadGraph> RoadGraph::Make(Parts parts) {
  std::erase_if(parts.edges, [](const Edge& edge) { return edge.from == edge.to; });
  const std::vector<bool> kept = LargestConnected(parts.nodes.size(), parts.edges);
  RoadGraph graph;
  std::vector<uint32_t> renumbered(parts.nodes.size(), kNone);
  for (size_t i = 0; i < parts.nodes.size(); ++i) {
    if (!kept[i]) continue;
    renumbered[i] = static_cast<uint32_t>(graph.nodes_.size());
    graph.nodes_.push_back(parts.nodes[i]);
  }
  if (graph.nodes_.size() < 2) {
    return InvalidArgument(
        "the road graph has no two junctions that can be reached from each other");
  }
  for (Edge edge : parts.edges) {
    edge.from = renumbered[edge.from];
    edge.to = renumbered[edge.to];
    if (edge.from == kNone || edge.to == kNone) continue;
    const double straight = CityDistanceMeters(graph.nodes_[edge.from], graph.nodes_[edge.to]);
    // Whole centimetres, rounded up.
    edge.length_m = static_cast<float>(
        std::ceil(std::max({double{edge.length_m}, straight, 1.0}) * 100 + 1) / 100);
    graph.edges_.push_back(edge);
  }
  const auto seconds = [](const Edge& edge) { return edge.length_m / edge.speed_limit_kmh; };
  std::ranges::stable_sort(graph.edges_, [&](const Edge& a, const Edge& b) {
    if (a.from != b.from) return a.from < b.from;
    if (a.to != b.to) return a.to < b.to;
    return seconds(a) < seconds(b);
  });
  graph.edges_.erase(
      std::unique(graph.edges_.begin(), graph.edges_.end(),
                  [](const Edge& a, const Edge& b) { return a.from == b.from && a.to == b.to; }),
      graph.edges_.end());

  const size_t nodes = graph.nodes_.size();
  graph.first_out_.assign(nodes + 1, 0);
  graph.first_in_.assign(nodes + 1, 0);
  graph.class_at_.assign(nodes, RoadClass::kLocal);
  for (const Edge& edge : graph.edges_) {
    ++graph.first_out_[edge.from + 1];
    ++graph.first_in_[edge.to + 1];
    for (const uint32_t node : {edge.from, edge.to}) {
      graph.class_at_[node] = std::min(graph.class_at_[node], edge.road_class);
    }
  }
  for (size_t i = 0; i < nodes; ++i) {
    if (graph.first_out_[i + 1] > kMaxEdgesAtNode) {
      return InvalidArgument("a junction of the road graph has more than 250 roads");
    }
    graph.first_out_[i + 1] += graph.first_out_[i];
    graph.first_in_[i + 1] += graph.first_in_[i];
  }
  graph.incoming_.resize(graph.edges_.size());
  std::vector<uint32_t> next(graph.first_in_.begin(), graph.first_in_.end() - 1);
  for (uint32_t i = 0; i < graph.edges_.size(); ++i) {
    graph.incoming_[next[graph.edges_[i].to]++] = i;
  }
  graph.names_ = std::move(parts.names);
  return graph;
}

std::vector<std::string> RoadGraph::RoadsAt(uint32_t node) const {
  std::vector<const Edge*> roads;
  for (const uint32_t index : incoming(node)) roads.push_back(&edges_[index]);
  for (uint32_t i = first_out(node); i < first_out(node + 1); ++i) roads.push_back(&edges_[i]);
  std::ranges::stable_sort(roads, {}, [](const Edge* edge) { return edge->road_class; });
  std::vector<std::string> found;
  for (const Edge* edge : roads) {
    const std::string& road = names_[edge->name];
    if (road.empty() || std::ranges::count(found, road) > 0) continue;
    found.push_back(road);
    if (found.size() == 2) break;
  }
  return found;
}

int RoadGraph::HeadingDegrees(const Edge& edge) const {
  const Position& a = nodes_[edge.from];
  const Position& b = nodes_[edge.to];
  // Rounded to whole degrees, which takes away what processors differ in.
  const double radians =
      std::atan2((b.lon - a.lon) * CosDegrees((a.lat + b.lat) / 2), b.lat - a.lat);
  const int degrees = static_cast<int>(std::lround(radians * 180 / std::numbers::pi));
  return (degrees + 360) % 360;
}

}  // namespace sightline::simulation
