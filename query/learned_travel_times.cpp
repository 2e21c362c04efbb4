#include "query/learned_travel_times.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace sightline::query {
namespace {

constexpr double kMillisecondsPerSecond = 1'000;
constexpr double kKmhPerMetersPerSecond = 3.6;

// Medians and slow times of fewer samples say nothing.
constexpr uint64_t kLeastSamples = 10;

// The city's speed: what the fastest of its long links allow, by the great circle.
constexpr double kLongLinkMeters = 500;
constexpr double kFastLinkShare = 0.95;
// A road without cameras between two that were never seen one after the other may be as fast as that
// share of it: see docs/travel-times.md.
constexpr double kUnseenShare = 0.5;
constexpr double kLeastUnseenKmh = 40;

// What the city's links have in common is known from so many of them.
constexpr size_t kLeastLinks = 20;
constexpr double kSlowLinkShare = 0.1;

double ShareOf(std::vector<double>& values, double share, double otherwise) {
  if (values.empty()) return otherwise;
  const auto at = values.begin() +
                  static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, at);
  return *at;
}

double UnseenSpeed(const TravelGraph& graph) {
  std::vector<double> speeds;
  for (const LearnedLink& link : graph.links) {
    if (link.all.samples < kAmpleSamples || link.distance_m < kLongLinkMeters) continue;
    speeds.push_back(link.distance_m / link.fastest_s);
  }
  const double least = kLeastUnseenKmh / kKmhPerMetersPerSecond;
  const double fast = ShareOf(speeds, kFastLinkShare, std::numeric_limits<double>::infinity());
  return std::max(least, kUnseenShare * fast);
}

// By hour class what `value` says of the links that were seen amply then, at this share of them; 0
// where they are few.
template <typename Value>
std::array<double, kHourClasses> OfLinks(const TravelGraph& graph, double share, Value value) {
  std::array<double, kHourClasses> result{};
  for (size_t hour = 0; hour < result.size(); ++hour) {
    std::vector<double> of_links;
    for (const LearnedLink& link : graph.links) {
      const HourTravel& travel = link.hours[hour];
      if (travel.samples >= kAmpleSamples && link.fastest_s > 0) {
        of_links.push_back(value(link, travel));
      }
    }
    if (of_links.size() >= kLeastLinks) result[hour] = ShareOf(of_links, share, 0);
  }
  return result;
}

const HourTravel& AtHour(const LearnedLink& link, HourClass hour) {
  const HourTravel& travel = link.hours[static_cast<size_t>(hour)];
  return travel.samples >= kLeastSamples ? travel : link.all;
}

}  // namespace

LearnedTravelTimes::LearnedTravelTimes(TravelGraph graph, const TravelBound& bound, TimeZone zone)
    : graph_(std::move(graph)),
      bound_(bound),
      zone_(std::move(zone)),
      ways_(graph_),
      unseen_speed_(UnseenSpeed(graph_)),
      slow_ratio_(OfLinks(graph_, 0.5,
                          [](const LearnedLink& link, const HourTravel& travel) {
                            return travel.slow_s / link.fastest_s;
                          })),
      slow_speed_(OfLinks(graph_, kSlowLinkShare,
                          [](const LearnedLink& link, const HourTravel& travel) {
                            return link.distance_m / travel.slow_s;
                          })) {}

uint32_t LearnedTravelTimes::NodeOf(const PlateReading& reading) const {
  const uint32_t node = graph_.NodeOf(reading.camera_number);
  if (node == TravelGraph::kNoNode || !reading.place) return node;
  return IsSamePlace(*reading.place, graph_.nodes[node].place) ? node : TravelGraph::kNoNode;
}

LearnedTravelTimes::Span LearnedTravelTimes::SpanOf(const PlateReading& a,
                                                    const PlateReading& b) const {
  Span span;
  if (!a.place || !b.place) return span;
  const uint32_t from = NodeOf(a);
  const uint32_t to = NodeOf(b);
  if (from == TravelGraph::kNoNode || to == TravelGraph::kNoNode) {
    span.distance = sightline::GreatCircleDistance(*a.place, *b.place);
    return span;
  }
  span.distance = GreatCircleDistance(graph_.nodes[from].point, graph_.nodes[to].point);
  if (graph_.nodes[from].at_fault || graph_.nodes[to].at_fault) return span;
  span.from = from;
  span.to = to;
  return span;
}

double LearnedTravelTimes::FastestBetween(const Span& span) const {
  if (!span.distance) return 0;
  const double least = LeastSeconds(bound_, *span.distance);
  if (span.from == TravelGraph::kNoNode || span.from == span.to) return least;
  const float* row = ways_.RowOf(span.from);
  if (row == nullptr) {
    const LearnedLink* link = graph_.FindLink(span.from, span.to);
    return link != nullptr ? std::max<double>(least, link->fastest_s) : least;
  }
  const double seconds = row[span.to];
  if (seconds < 0) return std::max(least, -seconds);  // the link itself is well known
  return std::max(least, std::min(seconds, span.distance->value / unseen_speed_));
}

TravelVerdict LearnedTravelTimes::Judge(const PlateReading& a, const PlateReading& b) const {
  const Span span = SpanOf(a, b);
  const double gap_s = std::abs(static_cast<double>(b.time - a.time)) / kMillisecondsPerSecond;
  TravelVerdict verdict = JudgeTravel(bound_, span.distance, gap_s);
  if (verdict.possible && span.from != TravelGraph::kNoNode) {
    verdict.possible = FastestBetween(span) <= gap_s + bound_.slack_s;
  }
  return verdict;
}

double LearnedTravelTimes::FastestSeconds(const PlateReading& a, const PlateReading& b) const {
  return FastestBetween(SpanOf(a, b));
}

double LearnedTravelTimes::StopGapOver(Meters distance, HourClass hour) const {
  const double slow_speed = slow_speed_[static_cast<size_t>(hour)];
  if (slow_speed > 0) return distance.value / slow_speed + kKnownTripMarginSeconds;
  return LeastSeconds(bound_, distance) + kTripMarginSeconds;
}

double LearnedTravelTimes::StopGapBetween(uint32_t from, uint32_t to, HourClass hour) const {
  if (from == to) {
    return graph_.nodes[from].well_known ? kKnownTripMarginSeconds : kTripMarginSeconds;
  }
  const LearnedLink* link = graph_.FindLink(from, to);
  if (link != nullptr && AtHour(*link, hour).samples >= kLeastSamples) {
    // Where many stop between the two, stops are in the link's own slow time.
    const double ratio = slow_ratio_[static_cast<size_t>(hour)];
    const double slow = AtHour(*link, hour).slow_s;
    const double usual = ratio > 0 ? std::min(slow, link->fastest_s * ratio) : slow;
    return usual + kKnownTripMarginSeconds;
  }
  const double over =
      StopGapOver(GreatCircleDistance(graph_.nodes[from].point, graph_.nodes[to].point), hour);
  const double slow_ratio = slow_ratio_[static_cast<size_t>(hour)];
  if (slow_ratio == 0 || !graph_.nodes[from].well_known || !graph_.nodes[to].well_known) {
    return over;
  }
  const float* row = ways_.RowOf(from);
  if (row == nullptr || !std::isfinite(row[to])) return over;
  return std::min(over, std::abs(double{row[to]}) * slow_ratio + kKnownTripMarginSeconds);
}

double LearnedTravelTimes::StopGapSeconds(const PlateReading& a, const PlateReading& b) const {
  const HourClass hour = HourClassOf(a.time);
  const uint32_t from = NodeOf(a);
  const uint32_t to = NodeOf(b);
  if (from != TravelGraph::kNoNode && to != TravelGraph::kNoNode) {
    return StopGapBetween(from, to, hour);
  }
  if (!a.place || !b.place) return kTripMarginSeconds;
  return StopGapOver(sightline::GreatCircleDistance(*a.place, *b.place), hour);
}

TravelTime LearnedTravelTimes::Between(uint32_t from_camera, uint32_t to_camera,
                                       HourClass hour) const {
  TravelTime time;
  const uint32_t from = graph_.NodeOf(from_camera);
  const uint32_t to = graph_.NodeOf(to_camera);
  if (from_camera == to_camera || from == TravelGraph::kNoNode || to == TravelGraph::kNoNode) {
    return time;
  }
  Span span{.distance = GreatCircleDistance(graph_.nodes[from].point, graph_.nodes[to].point)};
  if (!graph_.nodes[from].at_fault && !graph_.nodes[to].at_fault) {
    span.from = from;
    span.to = to;
  }
  time.fastest_s = FastestBetween(span);
  const LearnedLink* direct = graph_.FindLink(from, to);
  if (direct != nullptr && AtHour(*direct, hour).samples >= kLeastSamples) {
    const HourTravel& travel = AtHour(*direct, hour);
    time.direct = true;
    time.samples = travel.samples;
    time.median_s = std::max(time.fastest_s, travel.median_s);
    time.slow_s = std::max(time.median_s, travel.slow_s);
    return time;
  }
  const std::optional<Way> way = ShortestWay(graph_, from, to, [&](const LearnedLink& link) {
    const HourTravel& travel = AtHour(link, hour);
    return travel.samples >= kLeastSamples ? travel.median_s
                                           : std::numeric_limits<double>::infinity();
  });
  if (!way) {
    time.median_s = time.slow_s = time.fastest_s;
    return time;
  }
  time.samples = std::numeric_limits<uint64_t>::max();
  for (size_t i = 1; i < way->nodes.size(); ++i) {
    const LearnedLink& link = *graph_.FindLink(way->nodes[i - 1], way->nodes[i]);
    const HourTravel& travel = AtHour(link, hour);
    time.samples = std::min(time.samples, travel.samples);
    time.slow_s += travel.slow_s;
    if (i + 1 < way->nodes.size()) time.via.push_back(graph_.nodes[way->nodes[i]].number);
  }
  time.median_s = std::max(time.fastest_s, way->seconds);
  time.slow_s = std::max(time.median_s, time.slow_s);
  return time;
}

std::vector<TravelLink> LearnedTravelTimes::LinksFrom(uint32_t camera) const {
  std::vector<TravelLink> links;
  const uint32_t from = graph_.NodeOf(camera);
  if (from == TravelGraph::kNoNode) return links;
  for (const LearnedLink& link : graph_.LinksOf(from)) {
    links.push_back({.to = graph_.nodes[link.to].number,
                     .distance = {link.distance_m},
                     .fastest_s = link.fastest_s,
                     .all = link.all,
                     .hours = link.hours});
  }
  return links;
}

TravelCamera LearnedTravelTimes::Camera(uint32_t camera) const {
  const uint32_t node = graph_.NodeOf(camera);
  if (node == TravelGraph::kNoNode) return {};
  const TravelNode& known = graph_.nodes[node];
  return {.place = known.place,
          .at_fault = known.at_fault,
          .clock_offset_s = known.clock_offset_s};
}

}  // namespace sightline::query
