// The sweep for cloned plates: which plates were in two places at once, and why.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/time.h"
#include "query/camera_fault.h"
#include "query/conflict.h"
#include "query/plate_readings.h"
#include "query/sources.h"
#include "query/track_continuity.h"
#include "query/travel_times.h"

namespace sightline::query {

// What a person, or a list, said of a plate before: judged readings keep to it.
struct KnownVehicle {
  std::vector<SightingId> sightings;
  bool genuine = false;
};

// What a sweep's judgement rests on, besides the readings. Members outlive the sweep.
struct SweepModels {
  std::shared_ptr<const TravelTimes> travel_times;
  CameraFaults known_faults;  // of earlier sweeps; what the window says comes first
  // How readings of one vehicle follow each other: of an earlier sweep. Null: a sweep learns it
  // from its window, JudgePlate assumes TrackContinuity::Default().
  std::shared_ptr<const TrackContinuity> continuity;
  // Of plates that were judged by a person: their vehicles.
  std::map<std::string, std::vector<KnownVehicle>, std::less<>> known_vehicles;
};

struct SweepProgress {
  double done = 0;  // [0, 1]
  uint64_t plates = 0;
  uint64_t conflicts = 0;
};

struct SweepResult {
  uint64_t plates = 0;    // looked at
  uint64_t readings = 0;
  std::vector<Conflict> conflicts;  // in byte order of plate, one a plate
  CameraFaults faults;              // found or confirmed
  std::shared_ptr<const TrackContinuity> continuity;  // that was judged by; never null
};

// Sweeps a window: every plate with readings in it is judged by all of its readings in it.
// Operation: one pass over the columns finds the pairs that exclude each other and adds them up by
// camera; cameras at fault are estimated from that; what remains is judged plate by plate, records
// and vectors read for these alone. Deterministic.
// `report` is called a few times a second at most. Errors: kCancelled within a second.
Result<SweepResult> SweepClonedPlates(const Sources& sources, Interval window, Sequence as_of,
                                      const SweepModels& models,
                                      const std::function<void(const SweepProgress&)>& report,
                                      const Cancellation& cancellation);

// Judges one plate by its readings; null: nothing excludes anything. What the live check and a look
// at a single plate use, and the sweep for what remains.
Result<std::optional<Conflict>> JudgePlate(const Sources& sources, std::string_view plate,
                                           std::span<const PlateReading> readings, Sequence as_of,
                                           const SweepModels& models,
                                           const Cancellation& cancellation);

}  // namespace sightline::query
