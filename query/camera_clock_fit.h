// Fits the offset and drift of one camera's clock to what other cameras witness.
#pragma once

#include <optional>

#include "query/camera_witnesses.h"
#include "query/clock_comparison.h"

namespace sightline::query {

struct ClockFit {
  ClockError clock;
  double share = 0;     // of the readings that were looked at, those that fit
  size_t tracks = 0;    // of these, different ones
  double drift_error = 0;  // one sigma
  size_t both_ways = 0;    // ways past the camera that were driven there and back, some times each
  double error_s = 0;   // of the offset in the middle of the window, one sigma
};

// Around no offset at all: what an honest camera shows. Cheap; none: too little is known.
std::optional<ClockFit> FitNearZero(const CameraWitnesses& witnesses,
                                    const CameraWitnesses::Camera& camera);

// The share of the camera's readings that fit if its clock is as assumed.
double FittingShare(const CameraWitnesses& witnesses, const CameraWitnesses::Camera& camera,
                    const ClockError& assumed);

// The best of any offset up to CameraWitnesses::kMostSeconds and any drift that clocks have.
std::optional<ClockFit> FitAnywhere(const CameraWitnesses& witnesses,
                                    const CameraWitnesses::Camera& camera);

}  // namespace sightline::query
