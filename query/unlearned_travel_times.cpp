#include <cmath>
#include <utility>

#include "query/travel_times.h"

namespace sightline::query {
namespace {

constexpr double kMillisecondsPerSecond = 1'000;

class BoundAlone final : public TravelTimes {
 public:
  BoundAlone(const TravelBound& bound, TimeZone zone) : bound_(bound), zone_(std::move(zone)) {}

  // Where cameras stand is not known here.
  TravelTime Between(uint32_t /*from*/, uint32_t /*to*/, HourClass /*hour*/) const override {
    return {};
  }

  TravelVerdict Judge(const PlateReading& a, const PlateReading& b) const override {
    const double gap_s = std::abs(static_cast<double>(b.time - a.time)) / kMillisecondsPerSecond;
    return JudgeTravel(bound_, DistanceOf(a, b), gap_s);
  }

  double FastestSeconds(const PlateReading& a, const PlateReading& b) const override {
    const std::optional<Meters> distance = DistanceOf(a, b);
    return distance ? LeastSeconds(bound_, *distance) : 0;
  }

  double StopGapSeconds(const PlateReading& a, const PlateReading& b) const override {
    return FastestSeconds(a, b) + kTripMarginSeconds;
  }

  const TravelBound& bound() const override { return bound_; }
  HourClass HourClassOf(TimestampMs time) const override { return HourClassAt(zone_, time); }

 private:
  static std::optional<Meters> DistanceOf(const PlateReading& a, const PlateReading& b) {
    if (!a.place || !b.place) return std::nullopt;
    return GreatCircleDistance(*a.place, *b.place);
  }

  const TravelBound bound_;
  const TimeZone zone_;
};

}  // namespace

std::shared_ptr<const TravelTimes> UnlearnedTravelTimes(const TravelBound& bound,
                                                        std::optional<TimeZone> zone) {
  if (!zone) zone = TimeZone::Named("UTC").value();
  return std::make_shared<const BoundAlone>(bound, *std::move(zone));
}

}  // namespace sightline::query
