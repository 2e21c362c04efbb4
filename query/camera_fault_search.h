// Finds cameras whose clock or place is wrong, by the tracks of many plates.
#pragma once

#include "core/cancellation.h"
#include "core/error.h"
#include "query/camera_fault.h"
#include "query/track_sample.h"
#include "query/travel_bound.h"

namespace sightline::query {

// Operation: a clock's offset is first looked for where the drives to and from the camera's
// neighbours are as fast as drives are, from no offset and from where the times between its
// readings and the neighbours' pile up; then it is compared with the neighbours' clocks
// (CompareClocks). A clock is wrong where the offset is many times its error, and where a large one
// makes of the camera's readings clearly more drives than a right clock does, or very many ways
// agree. Drift is least squares over the same drives. A camera is misplaced where vehicles were, by
// the readings before and after, at one other place.
//
// The idea of letting vehicles that pass two sensors compare the sensors' clocks is that of
// re-identification on link travel times (Kwong, Kavaler, Rajagopal, Varaiya: Arterial travel time
// estimation based on vehicle re-identification using wireless magnetic sensors, Transportation
// Research C 17, 2009); a median stands a good deal of wrong pairs.
//
// Cameras found at fault are set aside and the others looked at again. Deterministic. Errors:
// `cancellation`'s.
Result<CameraFaults> FindCameraFaults(const TrackSample& sample, const TravelBound& bound,
                                      const Cancellation& cancellation);

}  // namespace sightline::query
