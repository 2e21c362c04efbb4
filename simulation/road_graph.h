// The streets that vehicles drive on: junctions and the directed stretches between them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/geo.h"

namespace sightline::simulation {

enum class RoadClass : uint8_t { kExpressway, kArterial, kCollector, kLocal };
inline constexpr int kRoadClasses = 4;

// No stretch allows more, so that no vehicle comes near 160 km/h whatever its driver's temper.
inline constexpr double kMaxSpeedLimitKmh = 110;

struct Edge {
  uint32_t from = 0;  // node
  uint32_t to = 0;
  float length_m = 0;         // never less than the straight line between its ends; at least 1
  float speed_limit_kmh = 0;  // (0, kMaxSpeedLimitKmh]
  RoadClass road_class = RoadClass::kLocal;
  uint8_t lanes = 1;  // at least 1
  uint32_t name = 0;  // index into names
};

// Immutable once made. Edges are grouped by the node that they leave; from every node every other
// can be reached.
class RoadGraph {
 public:
  struct Parts {
    std::vector<Position> nodes;     // rounded to 1e-6 degrees
    std::vector<Edge> edges;         // any order
    std::vector<std::string> names;  // names[0] is empty: a road without a name
  };

  // Keeps the largest strongly connected part, drops loops, and of parallel edges the faster one;
  // lengths below the straight line are raised to it. kInvalidArgument when fewer than two nodes
  // are left or a node has more than 250 edges.
  static Result<RoadGraph> Make(Parts parts);

  size_t node_count() const { return nodes_.size(); }
  const Position& position(uint32_t node) const { return nodes_[node]; }
  const std::vector<Position>& positions() const { return nodes_; }

  std::span<const Edge> edges() const { return edges_; }
  const Edge& edge(uint32_t index) const { return edges_[index]; }
  // The indices of the edges that leave `node`: [first_out(node), first_out(node + 1)).
  uint32_t first_out(uint32_t node) const { return first_out_[node]; }
  // Indices of the edges that end at `node`.
  std::span<const uint32_t> incoming(uint32_t node) const {
    return {incoming_.data() + first_in_[node], incoming_.data() + first_in_[node + 1]};
  }
  const std::string& name(uint32_t index) const { return names_[index]; }

  // The names of the roads that meet at `node`, the greatest first, each once; at most two.
  std::vector<std::string> RoadsAt(uint32_t node) const;
  // The greatest class of road that meets `node`.
  RoadClass ClassAt(uint32_t node) const { return class_at_[node]; }
  // Compass direction of travel along the edge, whole degrees [0, 360), clockwise from north.
  int HeadingDegrees(const Edge& edge) const;

 private:
  std::vector<Position> nodes_;
  std::vector<Edge> edges_;
  std::vector<std::string> names_;
  std::vector<uint32_t> first_out_;
  std::vector<uint32_t> first_in_;
  std::vector<uint32_t> incoming_;
  std::vector<RoadClass> class_at_;
};

// Rounded to 1e-6 degrees (0.1 m), as positions are written.
Position RoundedPosition(double lon, double lat);

}  // namespace sightline::simulation
