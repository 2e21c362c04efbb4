#include "simulation/drive.h"

#include <algorithm>

#include "simulation/random.h"

namespace sightline::simulation {
namespace {

constexpr CityTime kShortestStay = 3 * kMinute;

// Behind the member ahead.
constexpr double kLeastGapMs = 3'000;
constexpr double kMostGapMs = 14'000;
// Between two passes a gap changes by at most this share of the time, so that the last of five
// gains at most 15 % on its leader.
constexpr double kGapChange = 0.0375;
constexpr double kMostGapChangeMs = 3'000;

}  // namespace

Driver::Driver(const SimulationOptions& options, const RoadGraph& graph, const Traffic& traffic,
               const CameraNetwork& cameras, const Population& population, RouteTable& routes)
    : options_(options),
      graph_(graph),
      traffic_(traffic),
      cameras_(cameras),
      population_(population),
      routes_(routes) {}

void Driver::Drive(uint32_t number, const PlannedTrip& trip, LifeState& state,
                   std::vector<Pass>& passes) {
  const Vehicle& vehicle = population_.vehicles[number];
  ++state.trips;
  const size_t first = passes.size();
  const bool joint = trip.joint && state.free_at <= trip.depart &&
                     state.place == population_.convoys[vehicle.convoy].meeting_place;
  if (joint) {
    // The whole convoy drives one drive, keyed by the convoy and the moment: the leader's.
    const Convoy& convoy = population_.convoys[vehicle.convoy];
    Random random(options_.seed, Stream::kTrip,
                  {convoy.first, static_cast<uint64_t>(trip.depart), 1});
    const Temper temper{population_.vehicles[convoy.first].speed_percent / 100.0,
                        StyleOf(convoy.first, trip.to, trip.depart, random)};
    CityTime arrival = Follow(state.place, trip.to, trip.depart, temper, random, passes);
    if (vehicle.convoy_rank > 0) {
      arrival = FallBehind(vehicle, trip.depart, first, arrival, passes);
    }
    state.free_at = arrival;
  } else {
    Random random(options_.seed, Stream::kTrip, {number, state.trips});
    const CityTime ready =
        state.trips == 1 ? 0 : state.free_at + kShortestStay + random.Between(0, 4 * kMinute);
    const CityTime depart = std::max(trip.depart, ready);
    const Temper temper{vehicle.speed_percent / 100.0, StyleOf(number, trip.to, depart, random)};
    state.free_at = Follow(state.place, trip.to, depart, temper, random, passes);
  }
  state.place = trip.to;
  for (size_t i = first; i < passes.size(); ++i) {
    passes[i].vehicle = number;
    passes[i].trip = state.trips;
    passes[i].joint = joint;
  }
}

RouteStyle Driver::StyleOf(uint32_t vehicle, uint32_t to, CityTime depart, Random& random) const {
  // Most drivers always go the same way to the same place.
  Random habit(options_.seed, Stream::kRoute, {vehicle, to});
  Random& choice = random.Chance(0.8) ? habit : random;
  const double hour = static_cast<double>(depart % kCityDay) / kHour;
  const bool rush = (hour > 7 && hour < 9.5) || (hour > 16.5 && hour < 19.5);
  const double draw = choice.Uniform();
  if (draw < (rush ? 0.35 : 0.6)) return RouteStyle::kFree;
  if (draw < 0.7) return RouteStyle::kRush;
  if (draw < 0.95) return RouteStyle::kHabit;
  return RouteStyle::kShort;
}

CityTime Driver::Follow(uint32_t from, uint32_t to, CityTime depart, const Temper& temper,
                        Random& random, std::vector<Pass>& passes) const {
  const std::vector<uint8_t>& tree = routes_.Tree(temper.style, to);
  CityTime time = depart;
  const auto pass = [&](uint32_t camera, CityTime at, const Edge& edge, double kmh) {
    passes.push_back({.time = at,
                      .camera = camera,
                      .speed_dkmh = static_cast<uint16_t>(kmh * 10),
                      .lane = static_cast<uint8_t>(1 + random.Below(edge.lanes))});
  };
  for (uint32_t node = from; node != to;) {
    const uint32_t index = graph_.first_out(node) + tree[node];
    const Edge& edge = graph_.edge(index);
    const double kmh = edge.speed_limit_kmh * traffic_.SpeedShare(index, time) * temper.speed;
    // Rounded up: never faster than that.
    const auto driven = static_cast<CityTime>(edge.length_m * 3600 / kmh) + 1;
    const CityTime at_end = time + driven;
    const CityTime left =
        edge.to == to ? at_end : traffic_.LeaveJunction(index, at_end, random.Uniform());
    for (const EdgeCamera& watch : cameras_.OnEdge(index)) {
      const CityTime at =
          watch.share >= 1
              ? left
              : time + static_cast<CityTime>(static_cast<double>(driven) * watch.share);
      pass(watch.camera, at, edge, kmh);
    }
    if (const auto mobile = cameras_.MobileAt(index, left)) pass(*mobile, left, edge, kmh);
    time = left;
    node = edge.to;
  }
  return time;
}

CityTime Driver::FallBehind(const Vehicle& vehicle, CityTime depart, size_t first, CityTime arrival,
                            std::vector<Pass>& passes) const {
  // The gap behind each member ahead is a process of its own, which all behind it share: the order
  // stays.
  struct Gap {
    Random random;
    double ms;
  };
  std::vector<Gap> gaps;
  const uint32_t leader = population_.convoys[vehicle.convoy].first;
  for (uint64_t rank = 1; rank <= vehicle.convoy_rank; ++rank) {
    Random random(options_.seed, Stream::kFollower, {leader, static_cast<uint64_t>(depart), rank});
    const double ms = random.Uniform(kLeastGapMs, kMostGapMs);
    gaps.push_back({random, ms});
  }
  CityTime before = depart;
  const auto behind = [&](CityTime time) {
    const double may_change =
        std::min(static_cast<double>(time - before) * kGapChange, kMostGapChangeMs);
    before = time;
    CityTime own = time;
    for (Gap& gap : gaps) {
      gap.ms =
          std::clamp(gap.ms + gap.random.Uniform(-may_change, may_change), kLeastGapMs, kMostGapMs);
      own += static_cast<CityTime>(gap.ms);
    }
    return own;
  };
  size_t kept = first;
  for (size_t i = first; i < passes.size(); ++i) {
    Pass pass = passes[i];
    pass.time = behind(pass.time);
    // A mobile camera may have left between the leader and the follower.
    if (cameras_.camera(pass.camera).mobile &&
        cameras_.MobilePosition(pass.camera, pass.time) !=
            cameras_.MobilePosition(pass.camera, passes[i].time)) {
      continue;
    }
    passes[kept++] = pass;
  }
  passes.resize(kept);
  return behind(arrival);
}

}  // namespace sightline::simulation
