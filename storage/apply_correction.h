// What a correction does to a sighting.
#pragma once

#include "core/correction.h"
#include "core/sighting.h"

namespace sightline::storage {

// Whether the sighting would be another one afterwards; a note alone changes nothing.
bool ChangesSighting(const Correction& correction, const Sighting& sighting);

// Attributes are removed first, then replaced or added. `plate_read` stays as it came.
void ApplyCorrection(const Correction& correction, Sighting& sighting);

// The correction as it is stored; `before` is the sighting as it stood until then.
StoredCorrection MakeStoredCorrection(const Correction& correction, const StoredSighting& before,
                                      Sequence sequence, TimestampMs now);

}  // namespace sightline::storage
