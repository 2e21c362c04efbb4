// The neighbour graph: cameras, the links between them, and what was learned of each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "query/sphere_point.h"
#include "query/travel_bound.h"
#include "query/travel_day.h"
#include "query/travel_times.h"

namespace sightline::query {

struct TravelNode {
  uint32_t number = 0;  // of the camera
  Position place;
  SpherePoint point;
  // Its clock or its place is, or was, wrong: no claim of its own is made of it, ways through it
  // are.
  bool at_fault = false;
  double clock_offset_s = 0;
  bool well_known = false;  // some link out of it or to it was seen amply
};

// Links that were seen so often are known well.
inline constexpr uint64_t kAmpleSamples = 50;

// A link, seen twice at least.
struct LearnedLink {
  uint32_t to = 0;  // node
  float distance_m = 0;
  float fastest_s = 0;  // the fastest credible
  HourTravel all;
  std::array<HourTravel, kHourClasses> hours;
};

// Immutable once built; thread-safe.
struct TravelGraph {
  std::vector<TravelNode> nodes;      // ascending by camera number
  std::vector<uint32_t> first_link;   // of each node, and one behind the last
  std::vector<LearnedLink> links;     // by node, then ascending by `to`
  std::vector<uint32_t> node_of;      // by camera number; kNoNode: none
  TravelBasis basis;

  static constexpr uint32_t kNoNode = 0xFFFF'FFFF;

  uint32_t NodeOf(uint32_t camera) const {
    return camera < node_of.size() ? node_of[camera] : kNoNode;
  }
  std::span<const LearnedLink> LinksOf(uint32_t node) const {
    return std::span(links).subspan(first_link[node], first_link[node + 1] - first_link[node]);
  }
  const LearnedLink* FindLink(uint32_t from, uint32_t to) const;  // nodes; null: none
};

// Adds up days. Not thread-safe.
class TravelGraphBuilder {
 public:
  explicit TravelGraphBuilder(const TravelBound& bound) : bound_(bound) {}

  // From the newest day to the oldest: a camera stands where the newest says, and days that saw it
  // elsewhere do not count for it.
  void Add(const TravelDay& day);
  TravelGraph Build() &&;

 private:
  void AddLink(uint32_t from, uint32_t to, std::span<const TravelBin> bins);

  const TravelBound bound_;
  std::vector<std::optional<TravelNode>> cameras_;  // by number
  std::vector<TravelBin> bins_;
  TravelGraph graph_;
};

// The fastest credible time of a link that was seen so often: see docs/travel-times.md. None where it
// was seen too seldom to say anything.
std::optional<double> FastestCredible(const TravelHistogram& times);

}  // namespace sightline::query
