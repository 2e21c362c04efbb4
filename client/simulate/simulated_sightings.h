// The sightings of a simulated city, one after another, with the truth written beside them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/input/batch.h"
#include "client/simulate/output_file.h"
#include "core/error.h"
#include "core/sighting.h"
#include "simulation/observation.h"
#include "simulation/simulation.h"
#include "simulation/truth_writer.h"

namespace sightline::client {

// Not thread-safe.
class SimulatedSightings {
 public:
  // `options` and `city` outlive the object, `truth` as well (null: none is written).
  SimulatedSightings(const simulation::SimulationOptions& options, simulation::City& city,
                     OutputFile* truth, simulation::TruthReadings truth_readings);

  // The next sighting, valid until the next call; null at the end. Errors: of writing the truth.
  Result<const Sighting*> Next();

  // The last line of the truth: `complete` when Next came to its end. Once, at the end or wherever
  // it is given up.
  Status FinishTruth(bool complete);

  const simulation::TruthSummary& summary() const { return summary_; }
  double progress() const;  // [0, 1] of the simulated time

 private:
  Status WriteHead();
  Status PassOnTruth();

  simulation::Simulation simulation_;
  simulation::Observer observer_;
  simulation::TruthWriter truth_writer_;
  simulation::TruthReadings truth_readings_;
  OutputFile* truth_;
  std::string truth_block_;
  bool head_written_ = false;
  std::vector<simulation::ArrivedPass> passes_;
  size_t next_ = 0;  // of passes_
  Sighting sighting_;
  simulation::TruthSummary summary_;
};

// As request bodies. Batch::file_position goes from 0 to kProgressSteps with the simulated time.
inline constexpr uint64_t kProgressSteps = 1'000'000;

class SimulatedBatches final : public BatchReader {
 public:
  explicit SimulatedBatches(SimulatedSightings& sightings) : sightings_(sightings) {}

  Result<bool> Next(uint64_t max_rows, Batch& batch) override;
  Status SkipTo(uint64_t line) override;

 private:
  SimulatedSightings& sightings_;
  uint64_t line_ = 0;
};

}  // namespace sightline::client
