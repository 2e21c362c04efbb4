// Corrections on the wire.
#pragma once

#include <string_view>

#include "api/json_writer.h"
#include "api/sighting_json.h"
#include "core/correction.h"
#include "core/error.h"

namespace sightline::api {

// The body of PATCH /v1/sightings/{id}: {"plate", "attributes", "note"}, a JSON merge patch
// (RFC 7396): a plate of null or "" says that it cannot be read, an attribute of null is taken
// away. Strict; it must name a plate or an attribute. `note` may have lines, up to 4 KiB. The
// author is left empty.
Result<Correction> ParseCorrection(std::string_view json, const SightingLimits& limits);

// {"number","sighting_id","camera_id","time","corrected_at","by","note"} and what it changed:
// "plate_before" and "plate" (null: unread), "attributes_before" and "attributes" (null: none).
// `number` is the correction's sequence.
void WriteCorrection(JsonWriter& json, const StoredCorrection& stored);

}  // namespace sightline::api
