#include "simulation/itinerary.h"

#include <algorithm>

#include "simulation/random.h"

namespace sightline::simulation {
namespace {

// What a vehicle's own habits are keyed by besides its days.
constexpr uint64_t kHabits = 1'000'000;
constexpr uint32_t kFavourites = 7;

constexpr CityTime Hours(double hours) { return static_cast<CityTime>(hours * kHour); }

// A convoy's members go to where they meet this much earlier, and back to their own lives after.
constexpr CityTime kMeetBefore = 100 * kMinute;
constexpr CityTime kConvoyBlocks = 190 * kMinute;
constexpr double kConvoyDays = 0.6;

}  // namespace

void Itineraries::DayPlan::Add(CityTime depart, uint32_t to) {
  if (size == kMaxTrips) return;
  if (size > 0) depart = std::max(depart, trips[size - 1].depart + 5 * kMinute);
  trips[size++] = {depart, to, false};
}

uint32_t Itineraries::Favourite(uint32_t number, Random& random) const {
  if (random.Chance(0.2)) return places_.Any(random);
  // Some of the favourites are visited far more often than others.
  const uint64_t which = std::min(random.Below(kFavourites), random.Below(kFavourites));
  Random habit(options_.seed, Stream::kVehicle, {number, kHabits, which});
  return places_.Any(habit);
}

void Itineraries::PlanCommute(const Vehicle& vehicle, uint32_t number, Random& random,
                              DayPlan& plan) const {
  Random habit(options_.seed, Stream::kVehicle, {number, kHabits + 1});
  const double usual_leave = 7.9 + 0.7 * habit.Normal();
  const double usual_return = std::max(usual_leave + 6, 17.9 + 0.8 * habit.Normal());
  plan.Add(Hours(std::clamp(usual_leave + 0.13 * random.Normal(), 4.5, 12.0)), vehicle.work);
  if (random.Chance(0.15)) {
    const double lunch = random.Uniform(11.7, 13.2);
    plan.Add(Hours(lunch), Favourite(number, random));
    plan.Add(Hours(lunch + random.Uniform(0.6, 1.3)), vehicle.work);
  }
  double back = std::clamp(usual_return + 0.3 * random.Normal(), 13.0, 21.5);
  if (random.Chance(0.25)) {
    plan.Add(Hours(back), Favourite(number, random));
    back += random.Uniform(0.7, 1.6);
  }
  plan.Add(Hours(back), vehicle.home);
  if (random.Chance(0.12)) {
    PlanErrands(number, vehicle.home, back + 1.2, std::min(back + 4.5, 24.5), 1, random, plan);
  }
}

void Itineraries::PlanErrands(uint32_t number, uint32_t home, double from_hour, double to_hour,
                              int errands, Random& random, DayPlan& plan) const {
  const double each = (to_hour - from_hour) / errands;
  for (int i = 0; i < errands; ++i) {
    const double begin = from_hour + each * i;
    const double leave = begin + random.Uniform(0, each * 0.4);
    plan.Add(Hours(leave), Favourite(number, random));
    if (random.Chance(0.3)) plan.Add(Hours(leave + each * 0.25), Favourite(number, random));
    plan.Add(Hours(leave + each * random.Uniform(0.35, 0.55)), home);
  }
}

void Itineraries::PlanNight(uint32_t number, uint32_t home, Random& random, DayPlan& plan) const {
  double at = random.Uniform(22.05, 24);
  const double last = random.Uniform(26.5, 28.2);
  while (at < last) {
    plan.Add(Hours(at), Favourite(number, random));
    at += random.Uniform(0.6, 1.6);
  }
  plan.Add(Hours(last), home);
}

void Itineraries::PlanDeliveries(uint32_t number, uint32_t home, Random& random,
                                 DayPlan& plan) const {
  Random habit(options_.seed, Stream::kVehicle, {number, kHabits + 1});
  double at = habit.Chance(0.3) ? habit.Uniform(20, 21.5) : habit.Uniform(5.2, 8.5);
  at += random.Uniform(0, 0.5);
  const int64_t stops = random.Between(3, 8);
  for (int64_t i = 0; i < stops; ++i) {
    plan.Add(Hours(at), Favourite(number, random));
    at += random.Uniform(0.7, 1.3);
  }
  plan.Add(Hours(at), home);
}

void Itineraries::PlanVisit(const Vehicle& vehicle, int day, Random& random, DayPlan& plan) const {
  double at = day == vehicle.first_day ? random.Uniform(6, 18) : random.Uniform(7.5, 10);
  if (day == vehicle.first_day) {
    plan.Add(Hours(at), vehicle.work);
    at += random.Uniform(1, 2);
  }
  const double evening = random.Uniform(19, 22.5);
  while (at < evening) {
    plan.Add(Hours(at), places_.Any(random));
    at += random.Uniform(0.8, 3);
  }
  plan.Add(Hours(std::max(at, evening)), day == vehicle.last_day ? vehicle.home : vehicle.work);
}

void Itineraries::PlanConvoy(const Vehicle& vehicle, int day, DayPlan& plan) const {
  const Convoy& convoy = population_.convoys[vehicle.convoy];
  Random random(options_.seed, Stream::kConvoy, {convoy.first, static_cast<uint64_t>(day), 1});
  if (!random.Chance(kConvoyDays)) return;
  // Half of the joint trips are in the rush hours, when companions are hardest to tell.
  const double hour = random.Chance(0.5)
                          ? (random.Chance(0.5) ? random.Uniform(7.2, 9) : random.Uniform(17, 19))
                          : random.Uniform(6, 22);
  uint32_t destination = convoy.meeting_place;
  while (destination == convoy.meeting_place) destination = places_.Any(random);
  const CityTime together = Hours(hour);

  // What else the day holds stays, but for what would get in the way.
  DayPlan kept;
  const auto keep = [&](size_t i) { kept.trips[kept.size++] = plan.trips[i]; };
  size_t next = 0;
  while (next < plan.size && plan.trips[next].depart < together - kConvoyBlocks) keep(next++);
  while (next < plan.size && plan.trips[next].depart < together + kConvoyBlocks) ++next;
  if (kept.size + 3 > kMaxTrips) return;
  Random own(options_.seed, Stream::kConvoy,
             {convoy.first, static_cast<uint64_t>(day), 2, vehicle.convoy_rank});
  const CityTime early = own.Between(0, 20 * kMinute);
  kept.trips[kept.size++] = {together - kMeetBefore - early, convoy.meeting_place, false};
  kept.trips[kept.size++] = {together, destination, true};
  kept.trips[kept.size++] = {together + kMeetBefore + own.Between(0, 60 * kMinute), vehicle.home,
                             false};
  while (next < plan.size && kept.size < kMaxTrips) keep(next++);
  plan = kept;
}

Itineraries::DayPlan Itineraries::Plan(uint32_t number, int day) const {
  const Vehicle& vehicle = population_.vehicles[number];
  Random random(options_.seed, Stream::kDay, {number, static_cast<uint64_t>(day)});
  const bool weekend = traffic_.Weekday(day * kCityDay) >= 5;
  DayPlan plan;
  switch (vehicle.kind) {
    case VehicleKind::kCommuter:
      if (!weekend && random.Chance(0.92)) {
        PlanCommute(vehicle, number, random, plan);
      } else if (random.Chance(0.65)) {
        PlanErrands(number, vehicle.home, 9, 20, static_cast<int>(random.Between(1, 2)), random,
                    plan);
      }
      break;
    case VehicleKind::kHousehold:
      if (random.Chance(0.85)) {
        PlanErrands(number, vehicle.home, 8, 21, static_cast<int>(random.Between(1, 3)), random,
                    plan);
      }
      break;
    case VehicleKind::kNight:
      if (random.Chance(0.75)) PlanNight(number, vehicle.home, random, plan);
      break;
    case VehicleKind::kTruck:
      if (random.Chance(weekend ? 0.4 : 0.9)) PlanDeliveries(number, vehicle.home, random, plan);
      break;
    case VehicleKind::kVisitor:
      PlanVisit(vehicle, day, random, plan);
      break;
    case VehicleKind::kTaxi:
    case VehicleKind::kBus:
      break;  // see NextRide
  }
  if (vehicle.convoy != kNobody) PlanConvoy(vehicle, day, plan);
  return plan;
}

// Taxis and buses go where the last ride left them, one after another.
std::optional<PlannedTrip> Itineraries::NextRide(uint32_t number, const LifeState& state) const {
  const Vehicle& vehicle = population_.vehicles[number];
  const CityTime midnight = state.day * kCityDay;
  Random shift(options_.seed, Stream::kDay, {number, state.day});
  Random random(options_.seed, Stream::kDay, {number, state.day, state.step});
  if (vehicle.kind == VehicleKind::kBus) {
    const CityTime first = midnight + Hours(shift.Uniform(5.4, 6.5));
    const CityTime last = midnight + Hours(shift.Uniform(21.5, 22.8));
    const CityTime depart = std::max(first, state.free_at + random.Between(6, 14) * kMinute);
    if (depart > last) return std::nullopt;
    return PlannedTrip{depart, state.place == vehicle.home ? vehicle.work : vehicle.home, false};
  }
  if (!shift.Chance(0.93)) return std::nullopt;
  Random habit(options_.seed, Stream::kVehicle, {number, kHabits + 1});
  const double begin = habit.Chance(0.35) ? 17.5 : 5.8;  // night shift, day shift
  const CityTime first = midnight + Hours(begin + shift.Uniform(0, 1.2));
  const CityTime last = first + Hours(shift.Uniform(9, 11));
  const CityTime idle = static_cast<CityTime>(random.Exponential() * 7.0 * kMinute) + kMinute;
  const CityTime depart = std::max(first, state.free_at + idle);
  if (depart > last) {
    if (state.place == vehicle.home || state.step == 0) return std::nullopt;
    return PlannedTrip{depart, vehicle.home, false};
  }
  uint32_t to = random.Chance(0.4) ? places_.Work(random) : places_.Any(random);
  while (to == state.place) to = places_.Any(random);
  return PlannedTrip{depart, to, false};
}

bool Itineraries::MovesOn(uint32_t number, int day) const {
  const Vehicle& vehicle = population_.vehicles[number];
  if (day < vehicle.first_day || day > vehicle.last_day) return false;
  if (options_.activity >= 1) return true;
  // A convoy's members stay at home together.
  const uint64_t who =
      vehicle.convoy == kNobody ? number : population_.convoys[vehicle.convoy].first;
  return Random(options_.seed, Stream::kDay, {who, static_cast<uint64_t>(day), kHabits})
      .Chance(options_.activity);
}

std::optional<PlannedTrip> Itineraries::Next(uint32_t number, LifeState& state) const {
  const Vehicle& vehicle = population_.vehicles[number];
  const bool rides = vehicle.kind == VehicleKind::kTaxi || vehicle.kind == VehicleKind::kBus;
  const int last_day = std::min<int>(options_.days - 1, vehicle.last_day);
  for (; state.day <= last_day; ++state.day, state.step = 0) {
    if (!MovesOn(number, state.day)) continue;
    if (rides) {
      const auto ride = NextRide(number, state);
      if (!ride) continue;
      ++state.step;
      return ride;
    }
    const DayPlan plan = Plan(number, state.day);
    while (state.step < plan.size) {
      PlannedTrip trip = plan.trips[state.step++];
      trip.depart += state.day * kCityDay;
      if (trip.to == state.place) continue;
      return trip;
    }
  }
  return std::nullopt;
}

}  // namespace sightline::simulation
