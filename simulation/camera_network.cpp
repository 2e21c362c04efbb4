#include "simulation/camera_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "simulation/portable_math.h"
#include "simulation/random.h"

namespace sightline::simulation {
namespace {

// Of fixed cameras: those that watch one approach, not the whole junction.
constexpr double kApproachShare = 0.25;
// Of those: beside a junction that has a camera of its own, so that both see the same vehicle.
constexpr double kTwinShare = 0.25;
constexpr double kMaxApproachM = 60;
constexpr double kMaxApproachOfEdge = 0.4;

constexpr size_t kSpotsPerMobile = 6;
constexpr CityTime kMobileStay = 3 * kHour;

// Numbers of nodes or edges, the likelier ones first: sampling without replacement by exponential
// races (Efraimidis and Spirakis, Weighted random sampling with a reservoir, IPL 2006).
std::vector<uint32_t> WeightedOrder(std::span<const double> weights, Random& random) {
  std::vector<std::pair<double, uint32_t>> keys;
  for (uint32_t i = 0; i < weights.size(); ++i) {
    keys.push_back({random.Exponential() / weights[i], i});
  }
  std::ranges::sort(keys);
  std::vector<uint32_t> order;
  for (const auto& [key, index] : keys) order.push_back(index);
  return order;
}

double ClassWeight(RoadClass road_class) {
  constexpr std::array<double, kRoadClasses> kWeights = {6, 8, 3, 1};
  return kWeights[static_cast<size_t>(road_class)];
}

struct Placement {
  uint32_t edge = 0;  // the approach watched
  bool junction = false;
};

// A clock is wrong by some seconds up to two hours, small errors being as common as large ones on a
// logarithmic scale; every third also gains or loses up to half a minute a day.
void SpoilClock(CityCamera& camera, Random& random) {
  constexpr double kLeastMs = 15'000;
  constexpr double kMostMs = 7'200'000;
  const double magnitude = kLeastMs * Exp(random.Uniform() * Log(kMostMs / kLeastMs));
  camera.clock_offset_ms = static_cast<int64_t>(magnitude) * (random.Chance(0.5) ? 1 : -1);
  if (random.Chance(1.0 / 3)) {
    camera.clock_drift_ms_per_day = random.Between(2'000, 30'000) * (random.Chance(0.5) ? 1 : -1);
  }
}

// Registered 2 to 15 km away.
void SpoilPosition(CityCamera& camera, Random& random) {
  constexpr double kKilometer = 0.009;  // degrees of latitude
  const double north = random.Uniform(2, 10) * kKilometer * (random.Chance(0.5) ? 1 : -1);
  const double east = random.Uniform(2, 10) * kKilometer * (random.Chance(0.5) ? 1 : -1);
  camera.wrong_position = true;
  camera.registered.location =
      RoundedPosition(camera.true_position.lon + east / CosDegrees(camera.true_position.lat),
                      camera.true_position.lat + north);
}

std::string CameraName(const RoadGraph& graph, const Edge& edge, bool junction) {
  const std::vector<std::string> roads = graph.RoadsAt(edge.to);
  std::string name;
  for (const std::string& road : roads) name += (name.empty() ? "" : " ") + road;
  if (!junction) {
    constexpr std::array kFrom = {"S", "W", "N", "E"};  // coming from, by heading N E S W
    name += fmt::format(" {}", kFrom[static_cast<size_t>((graph.HeadingDegrees(edge) + 45) / 90 % 4)]);
  }
  return name;
}

}  // namespace

Result<CameraNetwork> CameraNetwork::Place(const RoadGraph& graph,
                                           const SimulationOptions& options) {
  const auto wanted = static_cast<size_t>(options.cameras);
  Random random(options.seed, Stream::kCameras, {});
  std::vector<double> node_weights;
  for (uint32_t node = 0; node < graph.node_count(); ++node) {
    node_weights.push_back(ClassWeight(graph.ClassAt(node)));
  }
  const std::vector<uint32_t> nodes = WeightedOrder(node_weights, random);
  std::vector<double> edge_weights;
  for (const Edge& edge : graph.edges()) edge_weights.push_back(ClassWeight(edge.road_class));
  const std::vector<uint32_t> edges = WeightedOrder(edge_weights, random);

  CameraNetwork network(graph, options.seed);
  std::vector<std::vector<EdgeCamera>> by_edge(graph.edges().size());
  std::vector<bool> node_taken(graph.node_count());
  std::vector<bool> edge_taken(graph.edges().size());
  size_t next_node = 0;
  size_t next_edge = 0;
  size_t next_twin = 0;
  // The next approach that is free; beside a junction with a camera where `twin`.
  const auto take_edge = [&](bool twin) -> std::optional<uint32_t> {
    for (size_t& i = twin ? next_twin : next_edge; i < edges.size(); ++i) {
      const uint32_t edge = edges[i];
      if (edge_taken[edge] || (twin && !node_taken[graph.edge(edge).to])) continue;
      edge_taken[edge] = true;
      return edge;
    }
    return std::nullopt;
  };
  for (uint32_t number = 0; number < wanted; ++number) {
    Random own(options.seed, Stream::kCameras, {number});
    CityCamera camera;
    camera.registered.id = fmt::format("K-{:04}", number + 1);
    camera.mobile = IsOneOf(number, options.mobile);
    if (camera.mobile) {
      camera.registered.kind = CameraKind::kMobile;
      camera.registered.name = fmt::format("Mobile {}", network.mobile_cameras_.size() + 1);
      network.mobile_cameras_.push_back(number);
    } else {
      std::optional<Placement> place;
      if (!own.Chance(kApproachShare) && next_node < nodes.size()) {
        const uint32_t node = nodes[next_node++];
        node_taken[node] = true;
        place = Placement{graph.incoming(node)[0], true};
      } else if (const auto edge = take_edge(own.Chance(kTwinShare))) {
        place = Placement{*edge, false};
      } else if (const auto any = take_edge(false)) {
        place = Placement{*any, false};
      }
      if (!place) {
        return InvalidArgument(
            fmt::format("the roads have room for {} cameras, not for {}", number, wanted),
            "cameras");
      }
      const Edge& edge = graph.edge(place->edge);
      const Position& from = graph.position(edge.from);
      const Position& to = graph.position(edge.to);
      if (place->junction) {
        camera.true_position = to;
        for (const uint32_t in : graph.incoming(edge.to)) by_edge[in].push_back({number, 1});
      } else {
        const double back =
            std::min(own.Uniform(15, kMaxApproachM), edge.length_m * kMaxApproachOfEdge);
        const double share = 1 - back / edge.length_m;
        camera.true_position = RoundedPosition(from.lon + (to.lon - from.lon) * share,
                                               from.lat + (to.lat - from.lat) * share);
        by_edge[place->edge].push_back({number, static_cast<float>(share)});
      }
      camera.registered.heading_deg = graph.HeadingDegrees(edge);
      camera.registered.name = CameraName(graph, edge, place->junction);
      camera.registered.location = camera.true_position;
    }
    // Log-normal with mean 1: some cameras are several times worse than others.
    constexpr double kSpread = 0.6;
    camera.misread_factor = Exp(kSpread * own.Normal() - kSpread * kSpread / 2);
    // Different cameras: one that is wrong in both ways would be hard to judge by.
    const uint64_t shuffled = number + 7;
    if (IsOneOf(shuffled, options.wrong_clock)) SpoilClock(camera, own);
    if (!camera.mobile && !camera.wrong_clock() && IsOneOf(number + 13, options.wrong_position)) {
      SpoilPosition(camera, own);
    }
    network.cameras_.push_back(std::move(camera));
  }

  network.first_on_edge_.push_back(0);
  for (std::vector<EdgeCamera>& on_edge : by_edge) {
    std::ranges::sort(on_edge, {}, &EdgeCamera::share);
    network.on_edges_.insert(network.on_edges_.end(), on_edge.begin(), on_edge.end());
    network.first_on_edge_.push_back(static_cast<uint32_t>(network.on_edges_.size()));
  }
  network.is_spot_.resize(graph.edges().size());
  if (network.mobile_cameras_.size() > edges.size()) {
    return InvalidArgument("the roads have no room for so many mobile cameras", "mobile");
  }
  const size_t spots = std::min(edges.size(), network.mobile_cameras_.size() * kSpotsPerMobile);
  for (size_t i = 0; i < spots; ++i) {
    // From the least likely end: places without a fixed camera.
    const uint32_t edge = edges[edges.size() - 1 - i];
    network.mobile_spots_.push_back(edge);
    network.is_spot_[edge] = true;
  }
  for (const uint32_t camera : network.mobile_cameras_) {
    network.cameras_[camera].true_position = network.MobilePosition(camera, 0);
  }
  return network;
}

uint32_t CameraNetwork::MobileEdge(uint32_t camera, CityTime time) const {
  // Each mobile camera has spots of its own, so that two never stand at one.
  const auto own = static_cast<size_t>(
      std::ranges::lower_bound(mobile_cameras_, camera) - mobile_cameras_.begin());
  const size_t spots = mobile_spots_.size() / mobile_cameras_.size();
  Random random(seed_, Stream::kMobile, {camera, static_cast<uint64_t>(time / kMobileStay)});
  return mobile_spots_[own * spots + random.Below(spots)];
}

std::optional<uint32_t> CameraNetwork::MobileAt(uint32_t edge, CityTime time) const {
  if (!is_spot_[edge]) return std::nullopt;
  for (const uint32_t camera : mobile_cameras_) {
    if (MobileEdge(camera, time) == edge) return camera;
  }
  return std::nullopt;
}

Position CameraNetwork::MobilePosition(uint32_t camera, CityTime time) const {
  return graph_->position(graph_->edge(MobileEdge(camera, time)).to);
}

}  // namespace sightline::simulation
