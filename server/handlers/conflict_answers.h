// What the answers about conflicts are made of.
#pragma once

#include "api/json_writer.h"
#include "core/error.h"
#include "core/sighting.h"
#include "query/travel_bound.h"
#include "server/conflict_record.h"
#include "storage/store.h"

namespace sightline::server {

// The members of an object that the caller opened; sightings as they stand at `as_of`. One that is
// no longer stored is {"id", "gone": true}. Errors: the store's.
Status WriteConflictMembers(api::JsonWriter& json, const ConflictRecord& record,
                            storage::Store& store, Sequence as_of);

// The member "thresholds": what is called impossible.
void WriteThresholdsMember(api::JsonWriter& json, const query::TravelBound& bound);

}  // namespace sightline::server
