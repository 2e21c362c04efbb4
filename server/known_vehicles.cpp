#include "server/known_vehicles.h"

#include <algorithm>
#include <set>

namespace sightline::server {
namespace {

using query::ConflictVehicle;
using query::KnownVehicle;

size_t SharedReadings(const ConflictVehicle& vehicle, std::span<const KnownVehicle> known,
                      bool genuine) {
  size_t shared = 0;
  for (const KnownVehicle& one : known) {
    if (one.genuine != genuine) continue;
    shared += static_cast<size_t>(std::ranges::count_if(one.sightings, [&](const SightingId& id) {
      return std::ranges::find(vehicle.sightings, id) != vehicle.sightings.end();
    }));
  }
  return shared;
}

// nullopt: nothing is known of the vehicle.
std::optional<bool> KnownGenuine(const ConflictVehicle& vehicle,
                                 std::span<const KnownVehicle> known) {
  const size_t genuine = SharedReadings(vehicle, known, true);
  const size_t fake = SharedReadings(vehicle, known, false);
  if (genuine == 0 && fake == 0) return std::nullopt;
  return genuine > fake;
}

}  // namespace

void LayOver(std::span<const KnownVehicle> known, query::Conflict& conflict) {
  if (known.empty() || conflict.kind != query::ConflictKind::kCloned) return;
  bool has_genuine = false;
  for (ConflictVehicle& vehicle : conflict.vehicles) {
    const std::optional<bool> said = KnownGenuine(vehicle, known);
    if (!said) continue;
    vehicle.likely_genuine = *said && !has_genuine;
    has_genuine |= *said;
    vehicle.reasons.insert(vehicle.reasons.begin(),
                           *said ? "a person said that this is the genuine vehicle"
                                 : "a person said that this is a fake");
  }
  if (has_genuine) {
    for (ConflictVehicle& vehicle : conflict.vehicles) {
      if (!KnownGenuine(vehicle, known)) vehicle.likely_genuine = false;
    }
  }
  std::ranges::stable_partition(conflict.vehicles, &ConflictVehicle::likely_genuine);
}

std::optional<FakeReading> LatestFake(std::span<const KnownVehicle> known,
                                      const query::Conflict& conflict) {
  std::set<SightingId> before;
  for (const KnownVehicle& one : known) before.insert(one.sightings.begin(), one.sightings.end());
  std::optional<FakeReading> latest;
  for (const ConflictVehicle& vehicle : conflict.vehicles) {
    if (KnownGenuine(vehicle, known).value_or(true)) continue;
    for (const SightingId& id : vehicle.sightings) {
      if (before.contains(id) || (latest && id <= latest->sighting)) continue;
      latest = FakeReading{.sighting = id, .camera_id = {}};
    }
  }
  return latest;
}

}  // namespace sightline::server
