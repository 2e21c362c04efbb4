#include "client/simulate/simulated_sightings.h"

#include <algorithm>

#include "api/json_writer.h"
#include "api/sighting_json.h"

namespace sightline::client {
namespace {

using simulation::ArrivedPass;
using simulation::ReadingFlags;
using simulation::TruthReadings;

constexpr size_t kTruthBlockBytes = size_t{1} << 20;

}  // namespace

SimulatedSightings::SimulatedSightings(const simulation::SimulationOptions& options,
                                       simulation::City& city, OutputFile* truth,
                                       TruthReadings truth_readings)
    : simulation_(options, city),
      observer_(options, city, simulation_.population()),
      truth_writer_(options, city, simulation_.population()),
      truth_readings_(truth_readings),
      truth_(truth) {}

Status SimulatedSightings::WriteHead() {
  head_written_ = true;
  truth_writer_.WriteCity(truth_block_);
  const size_t vehicles = simulation_.population().vehicles.size();
  for (uint32_t number = 0; number < vehicles; ++number) {
    truth_writer_.WriteVehicle(number, truth_block_);
    SIGHTLINE_RETURN_IF_ERROR(PassOnTruth());
  }
  truth_writer_.WriteGroups(truth_block_);
  return Ok();
}

Status SimulatedSightings::PassOnTruth() {
  if (truth_block_.size() < kTruthBlockBytes) return Ok();
  return truth_->Write(truth_block_);
}

Result<const Sighting*> SimulatedSightings::Next() {
  if (truth_ != nullptr && !head_written_) SIGHTLINE_RETURN_IF_ERROR(WriteHead());
  while (true) {
    while (next_ == passes_.size()) {
      next_ = 0;
      if (truth_ != nullptr) SIGHTLINE_RETURN_IF_ERROR(PassOnTruth());
      if (!simulation_.Next(passes_)) return nullptr;
    }
    const ArrivedPass& pass = passes_[next_++];
    const bool tell = truth_ != nullptr && truth_readings_ != TruthReadings::kNone;
    if (pass.missed) {
      ++summary_.missed;
      if (tell) truth_writer_.WriteMissed(pass, truth_block_);
      continue;
    }
    const ReadingFlags flags = observer_.Read(pass, sighting_);
    summary_.Count(pass, flags);
    if (tell && (truth_readings_ == TruthReadings::kAll || flags.deviates())) {
      truth_writer_.WriteReading(pass, flags, sighting_, truth_block_);
    }
    return &sighting_;
  }
}

Status SimulatedSightings::FinishTruth(bool complete) {
  if (truth_ == nullptr) return Ok();
  if (!head_written_) SIGHTLINE_RETURN_IF_ERROR(WriteHead());
  truth_writer_.WriteSummary(summary_, complete, truth_block_);
  return truth_->Write(truth_block_);
}

double SimulatedSightings::progress() const {
  return std::min(1.0,
                  static_cast<double>(simulation_.now()) / static_cast<double>(simulation_.end()));
}

Result<bool> SimulatedBatches::Next(uint64_t max_rows, Batch& batch) {
  batch = Batch{.first_line = line_ + 1};
  while (batch.rows < max_rows && batch.body.size() < kMaxBatchBytes) {
    SIGHTLINE_ASSIGN(const Sighting* const sighting, sightings_.Next());
    if (sighting == nullptr) break;
    api::JsonWriter json(batch.body);
    api::WriteIncomingSighting(json, *sighting);
    batch.body += '\n';
    ++batch.rows;
    ++line_;
  }
  batch.last_line = line_;
  batch.file_position = static_cast<uint64_t>(sightings_.progress() * kProgressSteps);
  return batch.rows > 0;
}

Status SimulatedBatches::SkipTo(uint64_t line) {
  for (; line_ < line; ++line_) {
    SIGHTLINE_ASSIGN(const Sighting* const sighting, sightings_.Next());
    if (sighting == nullptr) return Ok();
  }
  return Ok();
}

}  // namespace sightline::client
