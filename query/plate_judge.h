// Judges one plate: are its readings of one vehicle, and if not, what explains them?
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/vector_space.h"
#include "query/cloned_plates.h"
#include "query/conflict.h"
#include "query/track_reading.h"

namespace sightline::query {

// What a judgement weighs beside readings: how often things go wrong. Odds and expected numbers are
// of one plate and one window.
struct JudgingPriors {
  double cloned = 0.004;          // P(a plate is on a second vehicle)
  double one_more = 0.15;         // P(on one more | on several)
  double unknown_misreads = 0.02;  // readings of it that are of a plate not near it
  double faulty_readings = 0.004;  // whose time or place is wrong, of cameras thought right ...
  double faulty_readings_of_faulty = 0.3;  // ... and of cameras that are at fault
};

// Operation (docs/cloned-plates.md): readings are corrected for what is known of their cameras. If
// two of cameras thought right exclude each other, they are split twice, as of one vehicle and
// strays, and as of any number of vehicles and strays, with what their records say of appearance;
// near plates are looked at for what strays may be misreads of. The likelihoods of the two splits
// weigh a clone against the rest. Judges by the readings given and the models alone; which vehicle is
// genuine, also by the plate's readings of the 30 days before. Thread-safe.
class PlateJudge {
 public:
  // All outlive the judge.
  PlateJudge(const Sources& sources, Sequence as_of, const SweepModels& models,
             const CameraFaults& faults, const TrackContinuity& continuity);

  // Whether there is anything to judge, what a sweep asks of each plate: two readings that exclude
  // each other, both of cameras that are not known to be at fault.
  bool IsInDoubt(std::span<const PlateReading> readings) const;

  Result<std::optional<Conflict>> Judge(std::string_view plate,
                                        std::span<const PlateReading> readings,
                                        const Cancellation& cancellation) const;

 private:
  class Case;

  const Sources& sources_;
  Sequence as_of_;
  const SweepModels& models_;
  ReadingJudge judge_;
  const TrackContinuity& continuity_;
  std::map<uint32_t, std::string> camera_ids_;
  std::vector<VectorSpace> spaces_;
  JudgingPriors priors_;
};

}  // namespace sightline::query
