#include "query/resting_places.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "query/circular_median.h"
#include "query/local_plane.h"
#include "query/place_estimate.h"

namespace sightline::query {
namespace {

constexpr double kLinkSpacings = 3;     // a stay's ends may be so far apart
constexpr double kGroupSpacings = 1.4;  // a place's witnesses lie so near its middle
constexpr double kLeastGroupM = 600;
constexpr double kJoinSpacings = 1.8;   // the ends of those that join it lie so near the estimate
constexpr double kPushSpacings = 0.4;   // a place lies so far behind the camera, before any estimate
constexpr double kBesideLeastM = 50;
constexpr double kOpenStayHours = 1;    // how an end counts whose stay's length is not known
constexpr double kMillisecondsPerHour = 3'600'000;
constexpr size_t kLeastEnds = 6;  // of a place with less than a long rest, to be estimated
constexpr size_t kMaxEvidence = 6;

enum class End : uint8_t { kLast, kFirst };

// One end of a stay.
struct StayEnd {
  uint32_t stay = 0;
  End end = End::kLast;
  size_t reading = 0;
  std::optional<size_t> beside;  // the next reading in its trip at another place
};

// One or both ends of a stay that speak for a place.
struct Witness {
  std::vector<StayEnd> ends;
  PlanePoint at;
  double spacing = 0;
  double weight = 0;
  bool fits = false;  // both ends of a stay
  std::optional<uint32_t> place = {};
};

double HoursBetween(TimestampMs from, TimestampMs to) {
  return static_cast<double>(to - from) / kMillisecondsPerHour;
}

// The share of [from, to) that lies in the local night. Looked at every quarter of an hour.
double NightShare(TimestampMs from, TimestampMs to, const TimeZone& zone) {
  constexpr int64_t kStep = 15 * kMillisecondsPerMinute;
  int64_t steps = 0;
  int64_t night = 0;
  for (TimestampMs at = from; at < to; at = at + kStep) {
    const int hour = zone.LocalMomentOf(at).hour();
    ++steps;
    if (hour >= kNightFromHour || hour < kNightToHour) ++night;
  }
  return steps == 0 ? 0 : static_cast<double>(night) / static_cast<double>(steps);
}

class Finder {
 public:
  Finder(std::span<const PlateReading> readings, std::span<const TripRange> trips,
         const CameraMap& cameras, const TimeZone& zone)
      : readings_(readings), trips_(trips), cameras_(cameras), zone_(zone) {}

  RestingPlaces Find() {
    if (trips_.empty()) return {};
    const auto placed = std::ranges::find_if(
        readings_, [](const PlateReading& reading) { return reading.place.has_value(); });
    CollectStays();
    if (placed != readings_.end()) {
      plane_.emplace(*placed->place);
      CollectWitnesses();
      while (const std::optional<size_t> densest = Densest()) Gather(*densest);
      JudgeKinds();
    }
    return std::move(found_);
  }

 private:
  void CollectStays() {
    found_.stays.resize(trips_.size() + 1);
    for (size_t i = 0; i < trips_.size(); ++i) {
      found_.stays[i].first = trips_[i].begin;
      found_.stays[i + 1].last = trips_[i].end - 1;
    }
  }

  // How long it lasted; none where one end is not known.
  std::optional<double> HoursOf(const Stay& stay) const {
    if (!stay.last || !stay.first) return std::nullopt;
    return HoursBetween(readings_[*stay.last].time, readings_[*stay.first].time);
  }

  PlanePoint At(size_t reading) const { return plane_->ToPlane(*readings_[reading].place); }

  // The end of the stay with what lies beside it in its trip. Nothing where no place is known.
  std::optional<StayEnd> EndOf(uint32_t stay, End end) const {
    const bool is_last = end == End::kLast;
    const std::optional<size_t>& reading =
        is_last ? found_.stays[stay].last : found_.stays[stay].first;
    if (!reading || !readings_[*reading].place) return std::nullopt;
    StayEnd result{.stay = stay, .end = end, .reading = *reading, .beside = {}};
    const TripRange& trip = trips_[is_last ? stay - 1 : stay];
    for (size_t i = *reading; i >= trip.begin && i < trip.end; is_last ? --i : ++i) {
      if (readings_[i].place && Distance(At(i), At(*reading)) > kBesideLeastM) {
        result.beside = i;
        break;
      }
      if (i == 0 && is_last) break;
    }
    return result;
  }

  // Where the end alone would put the place: a little behind its camera.
  PlanePoint Behind(const StayEnd& end, double spacing) const {
    PlanePoint at = At(end.reading);
    if (!end.beside) return at;
    const PlanePoint from = At(*end.beside);
    const double length = Distance(from, at);
    const double push = std::min(kPushSpacings * spacing, length);
    return {at.east + (at.east - from.east) / length * push,
            at.north + (at.north - from.north) / length * push};
  }

  double SpacingAt(size_t reading) {
    const Position& place = *readings_[reading].place;
    const auto [at, is_new] = spacings_.try_emplace({place.lon, place.lat}, 0.0);
    if (is_new) at->second = cameras_.Spacing(place).value;
    return at->second;
  }

  void CollectWitnesses() {
    for (uint32_t stay = 0; stay < found_.stays.size(); ++stay) {
      std::vector<StayEnd> ends;
      for (const End end : {End::kLast, End::kFirst}) {
        if (const auto one = EndOf(stay, end)) ends.push_back(*one);
      }
      if (ends.empty()) continue;
      const double hours = std::min(HoursOf(found_.stays[stay]).value_or(kOpenStayHours), 24.0);
      double spacing = 0;
      for (const StayEnd& end : ends) spacing = std::max(spacing, SpacingAt(end.reading));
      const bool fits = ends.size() == 2 && Distance(At(ends[0].reading), At(ends[1].reading)) <=
                                                kLinkSpacings * spacing;
      if (fits) {
        const PlanePoint a = Behind(ends[0], spacing);
        const PlanePoint b = Behind(ends[1], spacing);
        witnesses_.push_back({.ends = ends,
                              .at = {(a.east + b.east) / 2, (a.north + b.north) / 2},
                              .spacing = spacing,
                              .weight = hours,
                              .fits = true});
        continue;
      }
      for (const StayEnd& end : ends) {
        const double own = SpacingAt(end.reading);
        witnesses_.push_back({.ends = {end},
                              .at = Behind(end, own),
                              .spacing = own,
                              .weight = hours / 2});
      }
    }
  }

  static double ReachOf(const Witness& witness) {
    return std::max(kGroupSpacings * witness.spacing, kLeastGroupM);
  }

  // The witness around which most weight lies that no place has yet.
  std::optional<size_t> Densest() const {
    std::optional<size_t> best;
    double most = 0;
    for (size_t i = 0; i < witnesses_.size(); ++i) {
      if (witnesses_[i].place) continue;
      double density = 0;
      for (const Witness& other : witnesses_) {
        if (other.place) continue;
        const double apart = Distance(other.at, witnesses_[i].at) / ReachOf(witnesses_[i]);
        if (apart < 1) density += std::sqrt(other.weight) * (1 - apart * apart);
      }
      if (!best || density > most) {
        best = i;
        most = density;
      }
    }
    return best;
  }

  // Makes a place of the witness and of those around it.
  void Gather(size_t densest) {
    const double reach = ReachOf(witnesses_[densest]);
    PlanePoint middle = witnesses_[densest].at;
    std::vector<size_t> members;
    constexpr int kRounds = 4;
    for (int round = 0; round < kRounds; ++round) {
      members.clear();
      PlanePoint sum;
      double weight = 0;
      for (size_t i = 0; i < witnesses_.size(); ++i) {
        const Witness& witness = witnesses_[i];
        if (witness.place || (i != densest && Distance(witness.at, middle) > reach)) continue;
        members.push_back(i);
        const double share = std::sqrt(witness.weight);
        sum.east += share * witness.at.east;
        sum.north += share * witness.at.north;
        weight += share;
      }
      if (weight > 0) middle = {sum.east / weight, sum.north / weight};
    }
    Join(members);
    AddPlace(members);
  }

  // Adds the witnesses whose ends all lie around where the members put the place.
  void Join(std::vector<size_t>& members) {
    const PlanePoint at = plane_->ToPlane(Estimate(members).location);
    std::ranges::sort(members);
    std::vector<size_t> joined;
    for (size_t i = 0; i < witnesses_.size(); ++i) {
      const Witness& witness = witnesses_[i];
      const bool fits =
          !witness.place && std::ranges::all_of(witness.ends, [&](const StayEnd& end) {
            return Distance(At(end.reading), at) <= kJoinSpacings * witness.spacing;
          });
      if (fits || std::ranges::binary_search(members, i)) joined.push_back(i);
    }
    members = std::move(joined);
  }

  // Where the witnesses put their place. One that they hardly speak of is where they are.
  PlaceEstimate Estimate(const std::vector<size_t>& members) const {
    double hours = 0;
    size_t ends = 0;
    PlanePoint mean;
    double spacing = 0;
    std::map<std::tuple<double, double, double, double>, PlaceSign> signs;
    for (const size_t member : members) {
      const Witness& witness = witnesses_[member];
      hours += witness.weight;
      mean.east += witness.at.east / static_cast<double>(members.size());
      mean.north += witness.at.north / static_cast<double>(members.size());
      spacing = std::max(spacing, witness.spacing);
      for (const StayEnd& end : witness.ends) {
        PlaceSign sign{.at = *readings_[end.reading].place, .beside = {}, .times = 0};
        if (end.beside) sign.beside = readings_[*end.beside].place;
        const Position beside = sign.beside.value_or(Position{1e3, 1e3});
        ++signs.try_emplace({sign.at.lon, sign.at.lat, beside.lon, beside.lat}, sign)
              .first->second.times;
        ++ends;
      }
    }
    if (hours < kLongRestHours && ends < kLeastEnds) {
      return {plane_->ToGlobe(mean), Meters{spacing}};
    }
    std::vector<PlaceSign> all;
    for (const auto& [key, sign] : signs) all.push_back(sign);
    return EstimatePlace(all, cameras_);
  }

  void AddPlace(const std::vector<size_t>& members) {
    const auto number = static_cast<uint32_t>(found_.places.size());
    RestingPlace place;
    std::set<uint32_t> cameras;
    std::set<uint32_t> stays;
    std::set<int64_t> days;
    uint32_t fitting = 0;
    for (const size_t member : members) {
      Witness& witness = witnesses_[member];
      witness.place = number;
      if (witness.fits) ++fitting;
      place.hours += witness.weight;
      for (const StayEnd& end : witness.ends) {
        const PlateReading& reading = readings_[end.reading];
        cameras.insert(reading.camera_number);
        days.insert(zone_.LocalMomentOf(reading.time).day);
        stays.insert(end.stay);
        if (place.evidence.size() < kMaxEvidence) place.evidence.push_back(end.reading);
        if (witness.fits) found_.stays[end.stay].place = number;
      }
    }
    const PlaceEstimate estimate = Estimate(members);
    place.location = estimate.location;
    place.radius = estimate.radius;
    place.stays = static_cast<uint32_t>(stays.size());
    place.days = static_cast<uint32_t>(days.size());
    place.confidence = (fitting + 0.5) / (static_cast<double>(stays.size()) + 1.5);
    place.cameras.assign(cameras.begin(), cameras.end());
    SetTimes(stays, place);
    std::ranges::sort(place.evidence);
    found_.places.push_back(std::move(place));
  }

  void SetTimes(const std::set<uint32_t>& stays, RestingPlace& place) const {
    std::vector<int64_t> arrives[2];  // of long rests, of all stays
    std::vector<int64_t> leaves[2];
    for (const uint32_t number : stays) {
      const Stay& stay = found_.stays[number];
      const std::optional<double> hours = HoursOf(stay);
      if (!hours || !stay.place) continue;
      const TimestampMs from = readings_[*stay.last].time;
      const TimestampMs to = readings_[*stay.first].time;
      if (!place.first_stay) place.first_stay = from;
      place.last_stay = to;
      for (int i = *hours >= kLongRestHours ? 0 : 1; i < 2; ++i) {
        arrives[i].push_back(zone_.LocalMomentOf(from).ms_of_day);
        leaves[i].push_back(zone_.LocalMomentOf(to).ms_of_day);
      }
    }
    place.arrives_ms = CircularMedian(arrives[arrives[0].empty() ? 1 : 0]);
    place.leaves_ms = CircularMedian(leaves[leaves[0].empty() ? 1 : 0]);
  }

  void JudgeKinds() {
    std::vector<RestingPlace>& places = found_.places;
    std::vector<double> rest(places.size());
    // By the local day on which it began: the longest rest and its place.
    std::map<int64_t, std::pair<double, uint32_t>> longest;
    for (const Witness& witness : witnesses_) {
      const Stay& stay = found_.stays[witness.ends.front().stay];
      const std::optional<double> hours = HoursOf(stay);
      if (!hours || *hours < kLongRestHours) continue;
      const TimestampMs from = readings_[*stay.last].time;
      const TimestampMs to = readings_[*stay.first].time;
      rest[*witness.place] += witness.weight * (1 + NightShare(from, to, zone_));
      auto& best = longest[zone_.LocalMomentOf(from).day];
      best = std::max(best, std::pair(witness.weight, *witness.place));
    }
    for (const auto& [day, one] : longest) {
      ++places[one.second].nights;
      found_.rests.push_back({day, one.second});
    }

    const auto home = std::ranges::max_element(rest);
    if (home != rest.end() && *home > 0) {
      RestingPlace& place = places[static_cast<size_t>(home - rest.begin())];
      place.kind = PlaceKind::kHome;
      place.confidence = (place.nights + 0.5) / (static_cast<double>(longest.size()) + 1.5);
    }
    SetDayPlace();
    Order();
  }

  void SetDayPlace() {
    constexpr uint32_t kLeastDays = 2;
    constexpr double kLeastHoursADay = 1;
    RestingPlace* best = nullptr;
    for (RestingPlace& place : found_.places) {
      if (place.kind == PlaceKind::kHome || place.days < kLeastDays ||
          place.hours < kLeastHoursADay * place.days) {
        continue;
      }
      if (best == nullptr || place.hours > best->hours) best = &place;
    }
    if (best != nullptr) best->kind = PlaceKind::kDay;
  }

  // Home, day, then by falling hours.
  void Order() {
    std::vector<RestingPlace>& places = found_.places;
    std::vector<uint32_t> order(places.size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, [&](uint32_t a, uint32_t b) {
      return std::tuple(places[a].kind, -places[a].hours) <
             std::tuple(places[b].kind, -places[b].hours);
    });
    std::vector<RestingPlace> sorted;
    std::vector<uint32_t> rank(places.size());
    for (const uint32_t i : order) {
      rank[i] = static_cast<uint32_t>(sorted.size());
      sorted.push_back(std::move(places[i]));
    }
    places = std::move(sorted);
    for (Stay& stay : found_.stays) {
      if (stay.place) stay.place = rank[*stay.place];
    }
    for (LongRest& rest : found_.rests) rest.place = rank[rest.place];
  }

  std::span<const PlateReading> readings_;
  std::span<const TripRange> trips_;
  const CameraMap& cameras_;
  const TimeZone& zone_;
  std::optional<LocalPlane> plane_;
  std::map<std::pair<double, double>, double> spacings_;
  std::vector<Witness> witnesses_;
  RestingPlaces found_;
};

}  // namespace

RestingPlaces FindRestingPlaces(std::span<const PlateReading> readings,
                                std::span<const TripRange> trips, const CameraMap& cameras,
                                const TimeZone& zone) {
  return Finder(readings, trips, cameras, zone).Find();
}

}  // namespace sightline::query
