// What vehicles that bear one plate are told apart by over days: roads, places, hours, attributes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "query/split_exchange.h"
#include "query/track_reading.h"
#include "query/vehicle_looks.h"

namespace sightline::query {

// `placed`: the readings of the track that have a place, ascending; the traits are of these.
// - the camera, of every reading: a vehicle has its own roads;
// - the place where drives begin and end, near cameras being one: its home, its work;
// - the hour (by the sun) at which drives begin, and the hour at one place;
// - attributes, as `looks` has them; null: none.
std::vector<SplitTrait> TraitsOf(std::span<const TrackReading> track,
                                 std::span<const size_t> placed, const VehicleLooks* looks);

}  // namespace sightline::query
