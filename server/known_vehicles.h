// What a person said of the vehicles of a plate, laid over what is judged of them.
#pragma once

#include <optional>
#include <span>

#include "query/cloned_plates.h"
#include "query/conflict.h"
#include "server/conflict_record.h"

namespace sightline::server {

// Sets which vehicle is genuine by the readings that `known` shares with each; those that share none
// keep what was judged, save that there is one genuine vehicle at most. The genuine one is first.
void LayOver(std::span<const query::KnownVehicle> known, query::Conflict& conflict);

// The latest reading of the vehicles that are known to be fakes, that is not among what they were
// known by. Its camera is left empty.
std::optional<FakeReading> LatestFake(std::span<const query::KnownVehicle> known,
                                      const query::Conflict& conflict);

}  // namespace sightline::server
