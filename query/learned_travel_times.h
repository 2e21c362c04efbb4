// The learned model: the neighbour graph and the fastest ways through it.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "query/travel_links.h"
#include "query/travel_times.h"
#include "query/travel_ways.h"

namespace sightline::query {

// Operation: each reading is placed at its camera's node, where it was made there. Times between
// nodes are those of the fastest ways through the graph; where no link leads from the one to the
// other, a road without cameras is reckoned with (docs/travel-times.md). Never below the bound.
class LearnedTravelTimes final : public TravelTimes {
 public:
  LearnedTravelTimes(TravelGraph graph, const TravelBound& bound, TimeZone zone);

  TravelTime Between(uint32_t from_camera, uint32_t to_camera, HourClass hour) const override;
  TravelVerdict Judge(const PlateReading& a, const PlateReading& b) const override;
  double FastestSeconds(const PlateReading& a, const PlateReading& b) const override;
  double StopGapSeconds(const PlateReading& a, const PlateReading& b) const override;
  const TravelBound& bound() const override { return bound_; }
  HourClass HourClassOf(TimestampMs time) const override { return HourClassAt(zone_, time); }
  std::vector<TravelLink> LinksFrom(uint32_t camera) const override;
  TravelCamera Camera(uint32_t camera) const override;
  TravelBasis basis() const override { return graph_.basis; }

 private:
  // What is known of the way between two readings.
  struct Span {
    std::optional<Meters> distance;   // along the great circle
    uint32_t from = TravelGraph::kNoNode;  // nodes, where both readings are at theirs
    uint32_t to = TravelGraph::kNoNode;
  };
  Span SpanOf(const PlateReading& a, const PlateReading& b) const;
  uint32_t NodeOf(const PlateReading& reading) const;
  double FastestBetween(const Span& span) const;
  // The gap beyond which a vehicle stopped between two nodes.
  double StopGapBetween(uint32_t from, uint32_t to, HourClass hour) const;
  // The same where nothing is known but how far it is.
  double StopGapOver(Meters distance, HourClass hour) const;

  const TravelGraph graph_;
  const TravelBound bound_;
  const TimeZone zone_;
  const FastestWays ways_;
  double unseen_speed_ = 0;  // m/s: what a road without cameras may allow
  // Of links by hour class, 0 where too few are known: slow to fastest credible times, and the speed
  // along the great circle of those that drive slowly on slow links, m/s.
  std::array<double, kHourClasses> slow_ratio_{};
  std::array<double, kHourClasses> slow_speed_{};
};

}  // namespace sightline::query
