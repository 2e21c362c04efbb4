#include "simulation/places.h"

#include <algorithm>

#include "simulation/portable_math.h"

namespace sightline::simulation {
namespace {

// Route tables take a byte for each junction, destination and style.
constexpr size_t kMaxPlaces = 1'200;
constexpr size_t kJunctionsPerGate = 60;
constexpr size_t kMinGates = 4;

}  // namespace

Places::Places(const RoadGraph& graph, uint64_t seed) : graph_(&graph) {
  Position centre;
  for (const Position& position : graph.positions()) {
    centre.lon += position.lon / static_cast<double>(graph.node_count());
    centre.lat += position.lat / static_cast<double>(graph.node_count());
  }
  std::vector<std::pair<uint64_t, uint32_t>> shuffled;
  std::vector<std::pair<double, uint32_t>> outermost;
  for (uint32_t node = 0; node < graph.node_count(); ++node) {
    shuffled.push_back({Random(seed, Stream::kPlaces, {node}).Next(), node});
    // Great roads count as further out.
    const double reach = graph.ClassAt(node) <= RoadClass::kArterial ? 1.3 : 1;
    outermost.push_back({-reach * CityDistanceMeters(centre, graph.position(node)), node});
  }
  std::ranges::sort(shuffled);
  if (shuffled.size() > kMaxPlaces) shuffled.resize(kMaxPlaces);
  for (const auto& [key, node] : shuffled) {
    nodes_.push_back(node);
    from_centre_.push_back(static_cast<float>(CityDistanceMeters(centre, graph.position(node))));
  }
  std::ranges::sort(outermost);
  const size_t gates = std::max(kMinGates, graph.node_count() / kJunctionsPerGate);
  for (size_t i = 0; i < std::min(gates, outermost.size()); ++i) {
    gates_.push_back(outermost[i].second);
  }
}

uint32_t Places::Home(Random& random) const {
  const uint32_t first = Any(random);
  const uint32_t second = Any(random);
  return graph_->ClassAt(first) >= graph_->ClassAt(second) ? first : second;
}

uint32_t Places::Work(Random& random) const {
  const uint32_t first = random.Below(nodes_.size());
  const uint32_t second = random.Below(nodes_.size());
  return nodes_[from_centre_[first] <= from_centre_[second] ? first : second];
}

}  // namespace sightline::simulation
