#include "simulation/city_generator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "simulation/portable_math.h"
#include "simulation/random.h"

namespace sightline::simulation {
namespace {

constexpr double kJunctionsPerCamera = 2.5;
constexpr int kMinSide = 9;  // junctions along one side of the grid
constexpr double kCentreBlockM = 280;
constexpr double kJitter = 0.16;  // of a block
constexpr double kMissingLocal = 0.1;
constexpr double kOneWayLocal = 0.12;
constexpr int kArterialEvery = 4;

struct RoadKind {
  RoadClass road_class;
  float speed_limit_kmh;
  uint8_t lanes;
};
constexpr RoadKind kExpressway{RoadClass::kExpressway, 80, 4};
constexpr RoadKind kArterial{RoadClass::kArterial, 60, 3};
constexpr RoadKind kCollector{RoadClass::kCollector, 50, 2};
constexpr RoadKind kLocal{RoadClass::kLocal, 30, 1};

constexpr std::array kFirstSyllables = {"人民", "解放", "建设", "和平", "中山", "文化", "学院",
                                        "北辰", "东风", "长江", "新华", "朝阳", "光明", "复兴",
                                        "友谊", "青年", "科技", "迎宾", "滨河", "花园"};
constexpr std::array kLastSyllables = {"", "东", "南", "西", "北", "中"};
constexpr std::array kTrees = {"Oak",   "Maple",  "Cedar", "Pine",   "Elm",   "Walnut", "Spruce",
                               "Birch", "Willow", "Ash",   "Laurel", "Alder", "Poplar", "Cypress"};

std::string Ordinal(int number) {
  const int tens = number % 100;
  const char* ending = tens >= 11 && tens <= 13 ? "th"
                       : number % 10 == 1       ? "st"
                       : number % 10 == 2       ? "nd"
                       : number % 10 == 3       ? "rd"
                                                : "th";
  return fmt::format("{}{}", number, ending);
}

// The name of the i-th street from the west (`along_north`) or from the south.
std::string StreetName(PlateScheme scheme, int i, bool along_north) {
  if (scheme == PlateScheme::kChina) {
    const size_t firsts = kFirstSyllables.size();
    const size_t index = static_cast<size_t>(i) * 2 + (along_north ? 0 : 1);
    const size_t round = index / firsts;
    std::string name = kFirstSyllables[index % firsts];
    if (round < kLastSyllables.size()) {
      name += kLastSyllables[round];
    } else {
      name += std::to_string(round - kLastSyllables.size() + 2);
    }
    return name + (along_north ? "路" : "大街");
  }
  if (along_north) return Ordinal(i + 1) + " Avenue";
  const size_t round = static_cast<size_t>(i) / kTrees.size();
  const char* tree = kTrees[static_cast<size_t>(i) % kTrees.size()];
  return round == 0 ? fmt::format("{} Street", tree) : fmt::format("{} Street {}", tree, round + 1);
}

class Generator {
 public:
  Generator(uint64_t seed, int cameras, PlateScheme scheme)
      : random_(seed, Stream::kCity, {}),
        scheme_(scheme),
        side_(std::max(kMinSide,
                       static_cast<int>(std::ceil(std::sqrt(cameras * kJunctionsPerCamera))))) {
    // Rings lie on arterials, so that these lead onto them.
    const auto on_arterial = [](double line) {
      return static_cast<int>(line / kArterialEvery + 0.5) * kArterialEvery;
    };
    const double half = (side_ - 1) / 2.0;
    inner_ring_ = std::max(1, on_arterial(half * 0.4));
    outer_ring_ = std::max(inner_ring_ + 1, on_arterial(half * 0.8));
  }

  Result<RoadGraph> Make() {
    parts_.names.push_back("");
    for (int i = 0; i < side_; ++i) parts_.names.push_back(StreetName(scheme_, i, true));
    for (int i = 0; i < side_; ++i) parts_.names.push_back(StreetName(scheme_, i, false));
    ring_names_ = static_cast<uint32_t>(parts_.names.size());
    parts_.names.push_back(scheme_ == PlateScheme::kChina ? "二环路" : "Inner Loop");
    parts_.names.push_back(scheme_ == PlateScheme::kChina ? "四环路" : "Outer Loop");
    AddNodes();
    for (int y = 0; y < side_; ++y) {
      for (int x = 0; x < side_; ++x) {
        if (x + 1 < side_) AddRoad(x, y, x + 1, y);
        if (y + 1 < side_) AddRoad(x, y, x, y + 1);
      }
    }
    return RoadGraph::Make(std::move(parts_));
  }

 private:
  uint32_t Node(int x, int y) const { return static_cast<uint32_t>(y * side_ + x); }
  // Steps from the centre line, [-(side - 1) / 2, ...].
  double FromCentre(int i) const { return i - (side_ - 1) / 2.0; }

  void AddNodes() {
    const Position centre =
        scheme_ == PlateScheme::kChina ? Position{116.397, 39.909} : Position{-121.495, 38.577};
    constexpr double kMetersPerDegree = kEarthRadiusMeters * std::numbers::pi / 180;
    const double cos_lat = CosDegrees(centre.lat);
    // Blocks at the rim are some 1.8 times as wide as those in the middle.
    const auto offset = [&](int i) {
      const double steps = FromCentre(i);
      return kCentreBlockM * steps * (1 + 0.4 * std::fabs(steps) / (side_ / 2.0));
    };
    for (int y = 0; y < side_; ++y) {
      for (int x = 0; x < side_; ++x) {
        const double east = offset(x) + random_.Uniform(-kJitter, kJitter) * kCentreBlockM;
        const double north = offset(y) + random_.Uniform(-kJitter, kJitter) * kCentreBlockM;
        parts_.nodes.push_back(RoundedPosition(centre.lon + east / kMetersPerDegree / cos_lat,
                                               centre.lat + north / kMetersPerDegree));
      }
    }
  }

  bool IsArterial(int line) const { return (line - side_ / 2) % kArterialEvery == 0; }

  // The ring that the stretch lies on, as an index of names; 0: none.
  uint32_t RingOf(int x1, int y1, int x2, int y2) const {
    const int centre = side_ / 2;
    const auto radius = [&](int x, int y) {
      return std::max(std::abs(x - centre), std::abs(y - centre));
    };
    const int a = radius(x1, y1);
    if (a != radius(x2, y2)) return 0;
    // Two neighbours at the same distance lie on the square ring, unless they are on a spoke of it.
    const bool along =
        (x1 == x2 && std::abs(x1 - centre) == a) || (y1 == y2 && std::abs(y1 - centre) == a);
    if (!along) return 0;
    if (a == inner_ring_) return ring_names_;
    if (a == outer_ring_) return ring_names_ + 1;
    return 0;
  }

  void AddRoad(int x1, int y1, int x2, int y2) {
    const bool along_north = x1 == x2;
    const int line = along_north ? x1 : y1;
    const uint32_t ring = RingOf(x1, y1, x2, y2);
    RoadKind kind = kLocal;
    if (ring != 0) {
      kind = kExpressway;
    } else if (IsArterial(line)) {
      kind = kArterial;
    } else if ((line - side_ / 2) % 2 == 0) {
      kind = kCollector;
    }
    const uint32_t name =
        ring != 0 ? ring : static_cast<uint32_t>(1 + (along_north ? 0 : side_) + line);
    bool forth = true;
    bool back = true;
    if (kind.road_class == RoadClass::kLocal) {
      if (random_.Chance(kMissingLocal)) return;
      if (random_.Chance(kOneWayLocal)) (random_.Chance(0.5) ? forth : back) = false;
    }
    // Streets bend a little.
    const double straight =
        CityDistanceMeters(parts_.nodes[Node(x1, y1)], parts_.nodes[Node(x2, y2)]);
    const float length = static_cast<float>(straight * random_.Uniform(1.0, 1.12));
    Edge edge{.from = Node(x1, y1),
              .to = Node(x2, y2),
              .length_m = length,
              .speed_limit_kmh = kind.speed_limit_kmh,
              .road_class = kind.road_class,
              .lanes = kind.lanes,
              .name = name};
    if (forth) parts_.edges.push_back(edge);
    std::swap(edge.from, edge.to);
    if (back) parts_.edges.push_back(edge);
  }

  Random random_;
  PlateScheme scheme_;
  int side_;
  int inner_ring_ = 0;
  int outer_ring_ = 0;
  uint32_t ring_names_ = 0;
  RoadGraph::Parts parts_;
};

}  // namespace

Result<RoadGraph> GenerateCity(uint64_t seed, int cameras, PlateScheme scheme) {
  return Generator(seed, cameras, scheme).Make();
}

}  // namespace sightline::simulation
