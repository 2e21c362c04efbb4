#include "query/plate_traits.h"

#include <cmath>
#include <map>
#include <utility>

namespace sightline::query {
namespace {

// The first camera that sees a vehicle leave, and the last that sees it come, are some way off.
constexpr double kOnePlaceMeters = 500;
constexpr double kBinHours = 1.5;

// Readings of one drive follow from each other, so that each counts for less than one.
constexpr double kCameraWeight = 0.35;
constexpr double kCameraPrior = 4;
constexpr double kPlaceWeight = 1;
constexpr double kPlacePrior = 2;
constexpr double kHourWeight = 0.5;
constexpr double kHourPrior = 4;
constexpr double kUsualWeight = 0.3;
constexpr double kUsualPrior = 4;
// The recogniser errs by chance: shares of a vehicle are near to all or nothing.
constexpr double kAttributePrior = 0.6;
constexpr double kAttributeWeight = 0.8;
// Brand, model, years and type are one judgement of the recogniser, not four.
constexpr double kSharedWeight = 0.5;

int HourBin(const TrackReading& reading) {
  const double hours = static_cast<double>(reading.time.value % kMillisecondsPerDay) / 3'600'000 +
                       (reading.place ? reading.place->lon / 15 : 0);
  return static_cast<int>((hours - 24 * std::floor(hours / 24)) / kBinHours);
}

// Numbers values in the order in which they come up.
template <typename Value>
class Numbers {
 public:
  int Of(const Value& value) {
    return numbers_.try_emplace(value, static_cast<int>(numbers_.size())).first->second;
  }

 private:
  std::map<Value, int> numbers_;
};

// Each place belongs to the first one known within kOnePlaceMeters.
std::vector<int> PlacesOf(std::span<const TrackReading> track, std::span<const size_t> placed) {
  std::vector<int> places;
  std::vector<Position> known;
  for (const size_t i : placed) {
    const Position& at = *track[i].place;
    size_t k = 0;
    while (k < known.size() && GreatCircleDistance(known[k], at).value > kOnePlaceMeters) ++k;
    if (k == known.size()) known.push_back(at);
    places.push_back(static_cast<int>(k));
  }
  return places;
}

}  // namespace

std::vector<SplitTrait> TraitsOf(std::span<const TrackReading> track,
                                 std::span<const size_t> placed, const VehicleLooks* looks) {
  using Counted = SplitTrait::Counted;
  const std::vector<int> places = PlacesOf(track, placed);
  std::vector<SplitTrait> traits;
  SplitTrait camera{{}, Counted::kAll, kCameraWeight, kCameraPrior};
  SplitTrait place{places, Counted::kAtStops, kPlaceWeight, kPlacePrior};
  SplitTrait hour{{}, Counted::kAfterStops, kHourWeight, kHourPrior};
  SplitTrait usual{{}, Counted::kAfterStops, kUsualWeight, kUsualPrior};
  Numbers<uint32_t> cameras;
  Numbers<std::pair<int, int>> departures;
  for (size_t k = 0; k < placed.size(); ++k) {
    const TrackReading& reading = track[placed[k]];
    camera.values.push_back(cameras.Of(reading.reading.camera_number));
    hour.values.push_back(HourBin(reading));
    usual.values.push_back(departures.Of({places[k], HourBin(reading)}));
  }
  traits.push_back(std::move(camera));
  traits.push_back(std::move(place));
  traits.push_back(std::move(hour));
  traits.push_back(std::move(usual));
  if (looks == nullptr) return traits;
  for (size_t n = 0; n < looks->attributes().size(); ++n) {
    const bool shared = looks->IsShared(n);
    SplitTrait& trait = traits.emplace_back();
    trait.weight = kAttributeWeight * (shared ? kSharedWeight : 1);
    trait.concentration = kAttributePrior;
    for (const size_t i : placed) trait.values.push_back(looks->attributes()[n][i]);
  }
  return traits;
}

}  // namespace sightline::query
