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

// Where in the sequence of cameras the faulty ones begin: not at the same ones.
constexpr uint64_t kClockPhase = 7;
constexpr uint64_t kPositionPhase = 13;

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
    name +=
        fmt::format(" {}", kFrom[static_cast<size_t>((graph.HeadingDegrees(edge) + 45) / 90 % 4)]);
  }
  return name;
}

}  // namespace

// Places cameras one after another, each where there is room yet.
class CameraNetwork::Builder {
 public:
  Builder(const RoadGraph& graph, const SimulationOptions& options)
      : graph_(graph),
        options_(options),
        network_(graph, options.seed),
        by_edge_(graph.edges().size()),
        node_taken_(graph.node_count()),
        edge_taken_(graph.edges().size()) {
    Random random(options.seed, Stream::kCameras, {});
    std::vector<double> node_weights;
    for (uint32_t node = 0; node < graph.node_count(); ++node) {
      node_weights.push_back(ClassWeight(graph.ClassAt(node)));
    }
    nodes_ = WeightedOrder(node_weights, random);
    std::vector<double> edge_weights;
    for (const Edge& edge : graph.edges()) edge_weights.push_back(ClassWeight(edge.road_class));
    edges_ = WeightedOrder(edge_weights, random);
  }

  Result<CameraNetwork> Build() {
    for (uint32_t number = 0; number < static_cast<uint32_t>(options_.cameras); ++number) {
      Random own(options_.seed, Stream::kCameras, {number});
      CityCamera camera;
      camera.registered.id = fmt::format("K-{:04}", number + 1);
      camera.mobile = IsOneOf(number, options_.mobile);
      if (camera.mobile) {
        MakeMobile(number, camera);
      } else if (!MakeFixed(number, camera, own)) {
        return InvalidArgument(
            fmt::format("the roads have room for {} cameras, not for {}", number, options_.cameras),
            "cameras");
      }
      Spoil(number, camera, own);
      network_.cameras_.push_back(std::move(camera));
    }
    FillEdges();
    SIGHTLINE_RETURN_IF_ERROR(ChooseSpots());
    return std::move(network_);
  }

 private:
  void MakeMobile(uint32_t number, CityCamera& camera) {
    network_.mobile_cameras_.push_back(number);
    camera.registered.kind = CameraKind::kMobile;
    camera.registered.name = fmt::format("Mobile {}", network_.mobile_cameras_.size());
  }

  // False when there is no room left.
  bool MakeFixed(uint32_t number, CityCamera& camera, Random& own) {
    if (!own.Chance(kApproachShare) && next_node_ < nodes_.size()) {
      const uint32_t node = nodes_[next_node_++];
      node_taken_[node] = true;
      camera.true_position = graph_.position(node);
      for (const uint32_t in : graph_.incoming(node)) by_edge_[in].push_back({number, 1});
      Describe(graph_.edge(graph_.incoming(node)[0]), true, camera);
      return true;
    }
    std::optional<uint32_t> index = TakeEdge(own.Chance(kTwinShare));
    if (!index) index = TakeEdge(false);
    if (!index) return false;
    const Edge& edge = graph_.edge(*index);
    const Position& from = graph_.position(edge.from);
    const Position& to = graph_.position(edge.to);
    const double back =
        std::min(own.Uniform(15, kMaxApproachM), edge.length_m * kMaxApproachOfEdge);
    const double share = 1 - back / edge.length_m;
    camera.true_position = RoundedPosition(from.lon + (to.lon - from.lon) * share,
                                           from.lat + (to.lat - from.lat) * share);
    by_edge_[*index].push_back({number, static_cast<float>(share)});
    Describe(edge, false, camera);
    return true;
  }

  // The next approach that is free; beside a junction with a camera where `twin`.
  std::optional<uint32_t> TakeEdge(bool twin) {
    for (size_t& i = twin ? next_twin_ : next_edge_; i < edges_.size(); ++i) {
      const uint32_t edge = edges_[i];
      if (edge_taken_[edge] || (twin && !node_taken_[graph_.edge(edge).to])) continue;
      edge_taken_[edge] = true;
      return edge;
    }
    return std::nullopt;
  }

  void Describe(const Edge& edge, bool junction, CityCamera& camera) const {
    camera.registered.heading_deg = graph_.HeadingDegrees(edge);
    camera.registered.name = CameraName(graph_, edge, junction);
    camera.registered.location = camera.true_position;
  }

  void Spoil(uint32_t number, CityCamera& camera, Random& own) const {
    // Log-normal with mean 1: some cameras are several times worse than others.
    constexpr double kSpread = 0.6;
    camera.misread_factor = Exp(kSpread * own.Normal() - kSpread * kSpread / 2);
    if (IsOneOf(number + kClockPhase, options_.wrong_clock)) SpoilClock(camera, own);
    // One that is wrong in both ways would be hard to judge by.
    if (!camera.mobile && !camera.wrong_clock() &&
        IsOneOf(number + kPositionPhase, options_.wrong_position)) {
      SpoilPosition(camera, own);
    }
  }

  void FillEdges() {
    network_.first_on_edge_.push_back(0);
    for (std::vector<EdgeCamera>& on_edge : by_edge_) {
      std::ranges::sort(on_edge, {}, &EdgeCamera::share);
      network_.on_edges_.insert(network_.on_edges_.end(), on_edge.begin(), on_edge.end());
      network_.first_on_edge_.push_back(static_cast<uint32_t>(network_.on_edges_.size()));
    }
  }

  Status ChooseSpots() {
    if (network_.mobile_cameras_.size() > edges_.size()) {
      return InvalidArgument("the roads have no room for so many mobile cameras", "mobile");
    }
    network_.is_spot_.resize(edges_.size());
    const size_t spots = std::min(edges_.size(), network_.mobile_cameras_.size() * kSpotsPerMobile);
    for (size_t i = 0; i < spots; ++i) {
      // From the least likely end: places without a fixed camera.
      const uint32_t edge = edges_[edges_.size() - 1 - i];
      network_.mobile_spots_.push_back(edge);
      network_.is_spot_[edge] = true;
    }
    for (const uint32_t camera : network_.mobile_cameras_) {
      network_.cameras_[camera].true_position = network_.MobilePosition(camera, 0);
    }
    return Ok();
  }

  const RoadGraph& graph_;
  const SimulationOptions& options_;
  CameraNetwork network_;
  std::vector<std::vector<EdgeCamera>> by_edge_;
  std::vector<uint32_t> nodes_;  // the likelier ones for a camera first
  std::vector<uint32_t> edges_;
  std::vector<bool> node_taken_;
  std::vector<bool> edge_taken_;
  size_t next_node_ = 0;
  size_t next_edge_ = 0;
  size_t next_twin_ = 0;
};

Result<CameraNetwork> CameraNetwork::Place(const RoadGraph& graph,
                                           const SimulationOptions& options) {
  return Builder(graph, options).Build();
}

uint32_t CameraNetwork::MobileEdge(uint32_t camera, CityTime time) const {
  // Each mobile camera has spots of its own, so that two never stand at one.
  const auto own = static_cast<size_t>(std::ranges::lower_bound(mobile_cameras_, camera) -
                                       mobile_cameras_.begin());
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
