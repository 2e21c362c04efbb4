// Learning how this city's cameras misread plates, from what is stored.
#pragma once

#include <cstddef>

#include "core/cancellation.h"
#include "core/error.h"
#include "query/plate_reading_data.h"
#include "storage/store.h"

namespace sightline::query {

struct PlateLearningLimits {
  // Plates looked at; of more, a sample is taken. About 1.5 KB of memory each while learning.
  size_t plates = 300'000;
  // Doubtful readings whose rows and tracks are looked at.
  size_t tracks = 5'000;
  // Corrections read, the newest.
  size_t corrections = 20'000;
};

// `prior` with what all that is stored teaches, from the beginning each time: retention forgets for
// us, and sightings of any age may come at any time.
//  - corrections of plates: what was read and what a person says;
//  - strings read rarely beside one that is read often (query/plate_misreads.h), weighed by whether
//    the reading fits the other's track (query/misread_tracks.h): camera by camera.
//
// Meant for a background task, once an hour to a day; nothing new is learned while the store's
// VisibleSequence() is counts.learned_as_of. Cost: one pass over the plate dictionary, then seconds;
// memory: see `limits`. Errors: the store's, `cancellation`'s.
Result<PlateReadingData> LearnPlateReading(storage::Store& store, const PlateReadingPrior& prior,
                                           const PlateLearningLimits& limits,
                                           const Cancellation& cancellation);

// What was learned and saved, on top of the assumptions of `prior`; `prior` alone where nothing was.
// Errors: the store's; kCorruption when what was saved does not parse.
Result<PlateReadingData> LoadPlateReading(const storage::Store& store,
                                          const PlateReadingPrior& prior);

// Durable on return.
Status SavePlateReading(storage::Store& store, const PlateReadingData& data);

}  // namespace sightline::query
