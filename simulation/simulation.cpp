#include "simulation/simulation.h"

#include <algorithm>
#include <tuple>

namespace sightline::simulation {
namespace {

constexpr uint64_t kSampleVehicles = 4'000;
constexpr int kSampleDays = 7;

}  // namespace

Simulation::Simulation(const SimulationOptions& options, City& city)
    : options_(options),
      city_(city),
      population_(Populate(options, city.places)),
      itineraries_(options, city.places, population_, city.traffic),
      driver_(options, *city.roads, city.traffic, city.cameras, population_, city.routes),
      travellers_(population_.vehicles.size()),
      setting_out_(static_cast<size_t>(end() / kSlice), kNobody),
      readings_(city.cameras.cameras().size()) {
  for (uint32_t vehicle = 0; vehicle < travellers_.size(); ++vehicle) {
    travellers_[vehicle].state.place = population_.vehicles[vehicle].home;
    Schedule(vehicle);
  }
}

// Puts the vehicle in the list of the slice in which its next trip begins.
void Simulation::Schedule(uint32_t vehicle) {
  Traveller& traveller = travellers_[vehicle];
  const auto trip = itineraries_.Next(vehicle, traveller.state);
  if (!trip) return;
  traveller.trip = *trip;
  const CityTime depart = std::max({trip->depart, traveller.state.free_at, now()});
  if (depart >= end()) return;
  uint32_t& first = setting_out_[static_cast<size_t>(depart / kSlice)];
  traveller.next = first;
  first = vehicle;
}

void Simulation::Store(const Pass& pass) {
  if (pass.time < 0 || pass.time >= end()) return;
  ArrivedPass arrived{
      .pass = pass, .arrival = ArrivalOf(options_, pass), .missed = IsMissed(options_, pass)};
  const auto ahead = static_cast<size_t>(arrived.arrival / kSlice - slice_);
  if (waiting_.size() <= ahead) waiting_.resize(ahead + 1);
  waiting_[ahead].push_back(arrived);
}

bool Simulation::Next(std::vector<ArrivedPass>& passes) {
  passes.clear();
  if (now() >= end() + kLatest) return false;
  if (now() < end()) {
    // Those who arrive within the slice may set out again in it.
    uint32_t& first = setting_out_[static_cast<size_t>(slice_)];
    while (first != kNobody) {
      const uint32_t vehicle = first;
      Traveller& traveller = travellers_[vehicle];
      first = traveller.next;
      driven_.clear();
      driver_.Drive(vehicle, traveller.trip, traveller.state, driven_);
      for (const Pass& pass : driven_) Store(pass);
      Schedule(vehicle);
    }
  }
  if (!waiting_.empty()) {
    passes.swap(waiting_.front());
    waiting_.pop_front();
  }
  ++slice_;
  std::ranges::sort(passes, {}, [](const ArrivedPass& arrived) {
    return std::tuple(arrived.arrival, arrived.pass.camera, arrived.pass.vehicle,
                      arrived.pass.time);
  });
  for (ArrivedPass& arrived : passes) {
    if (!arrived.missed) arrived.number = ++readings_[arrived.pass.camera];
  }
  return true;
}

size_t Simulation::waiting() const {
  size_t size = 0;
  for (const std::vector<ArrivedPass>& passes : waiting_) size += passes.size();
  return size;
}

double ReadingsPerVehicle(const SimulationOptions& options, City& city) {
  SimulationOptions sample = options;
  sample.vehicles = kSampleVehicles;
  sample.days = std::min(options.days, kSampleDays);
  Simulation simulation(sample, city);
  std::vector<ArrivedPass> passes;
  uint64_t residents = 0;
  uint64_t visitors = 0;
  while (simulation.Next(passes)) {
    for (const ArrivedPass& arrived : passes) {
      if (arrived.missed) continue;
      const Vehicle& vehicle = simulation.population().vehicles[arrived.pass.vehicle];
      ++(vehicle.kind == VehicleKind::kVisitor ? visitors : residents);
    }
  }
  // A visitor comes once, however long the simulation is.
  return (static_cast<double>(residents) * options.days / sample.days +
          static_cast<double>(visitors)) /
         static_cast<double>(sample.vehicles);
}

}  // namespace sightline::simulation
