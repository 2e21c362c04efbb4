// Finds cameras whose clock or place is wrong, by the tracks of many plates.
#pragma once

#include "core/cancellation.h"
#include "core/error.h"
#include "query/camera_fault.h"
#include "query/track_sample.h"
#include "query/travel_bound.h"

namespace sightline::query {

// Operation: a vehicle that passes cameras A, C and B one after another passes C at a time between;
// how far C's clock is ahead is the difference to what an even drive from A to B would give, and the
// median over many drives, of which those that were fastest from A to B have no stops in them. What
// the way from A to B has of its own (C does not lie where the straight lines say, the first half is
// slower) turns its sign on the way from B to A, so that the two are averaged. Offsets too large for
// that are first looked for among the times between the camera's readings and those of its
// neighbours, which pile up around the offset. Drift is what piles them up most narrowly. A camera
// is misplaced where vehicles were, by the readings before and after, at one other place.
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
