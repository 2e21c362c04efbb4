// The cameras of a city: where they stand, what each of them passes on, and what is wrong with
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/camera.h"
#include "core/error.h"
#include "simulation/options.h"
#include "simulation/road_graph.h"
#include "simulation/traffic.h"

namespace sightline::simulation {

struct CityCamera {
  Camera registered;       // as a server is told: a wrong position stands here
  Position true_position;  // of a mobile camera: its first place
  bool wrong_position = false;
  // Its clock shows true time + offset + drift x days since the start.
  int64_t clock_offset_ms = 0;
  int64_t clock_drift_ms_per_day = 0;
  double misread_factor = 1;  // its share of misreads against the average camera's
  bool mobile = false;

  bool wrong_clock() const { return clock_offset_ms != 0 || clock_drift_ms_per_day != 0; }
  // What the camera's clock shows at `time`.
  CityTime Shown(CityTime time) const {
    return time + clock_offset_ms + clock_drift_ms_per_day * (time / kMinute) / (24 * 60);
  }
};

// A camera that looks at an edge.
struct EdgeCamera {
  uint32_t camera = 0;
  float share = 1;  // of the edge that lies before it; 1: the junction at the end
};

// Immutable; thread-safe.
class CameraNetwork {
 public:
  // kInvalidArgument when the graph has no room for options.cameras cameras.
  static Result<CameraNetwork> Place(const RoadGraph& graph, const SimulationOptions& options);

  std::span<const CityCamera> cameras() const { return cameras_; }
  const CityCamera& camera(uint32_t index) const { return cameras_[index]; }

  // Those fixed cameras that see whoever drives along `edge`, in the order of driving.
  std::span<const EdgeCamera> OnEdge(uint32_t edge) const {
    return {on_edges_.data() + first_on_edge_[edge], on_edges_.data() + first_on_edge_[edge + 1]};
  }

  // The mobile camera that stands at the end of `edge` at `time`, if any. Most edges never have
  // one.
  std::optional<uint32_t> MobileAt(uint32_t edge, CityTime time) const;
  // Where the mobile camera stands at `time`: the junction at the end of its edge.
  Position MobilePosition(uint32_t camera, CityTime time) const;

 private:
  class Builder;
  CameraNetwork(const RoadGraph& graph, uint64_t seed) : graph_(&graph), seed_(seed) {}
  uint32_t MobileEdge(uint32_t camera, CityTime time) const;

  const RoadGraph* graph_;
  uint64_t seed_;
  std::vector<CityCamera> cameras_;
  std::vector<EdgeCamera> on_edges_;
  std::vector<uint32_t> first_on_edge_;
  std::vector<uint32_t> mobile_cameras_;
  std::vector<uint32_t> mobile_spots_;  // edges at whose end a mobile camera may stand
  std::vector<bool> is_spot_;           // by edge
};

}  // namespace sightline::simulation
