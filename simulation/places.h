// Where people live, work, go and come from.
#pragma once

#include <cstdint>
#include <vector>

#include "simulation/random.h"
#include "simulation/road_graph.h"

namespace sightline::simulation {

// Trips begin and end at a limited number of junctions, so that routes to them can be kept.
// Immutable; thread-safe.
class Places {
 public:
  Places(const RoadGraph& graph, uint64_t seed);

  uint32_t Any(Random& random) const { return nodes_[random.Below(nodes_.size())]; }
  // Likelier away from the greatest roads.
  uint32_t Home(Random& random) const;
  // Likelier near the centre.
  uint32_t Work(Random& random) const;
  // On a great road at the rim, where those from elsewhere come in.
  uint32_t Gate(Random& random) const { return gates_[random.Below(gates_.size())]; }

  const std::vector<uint32_t>& nodes() const { return nodes_; }

 private:
  const RoadGraph* graph_;
  std::vector<uint32_t> nodes_;
  std::vector<float> from_centre_;  // of nodes_, metres
  std::vector<uint32_t> gates_;
};

}  // namespace sightline::simulation
