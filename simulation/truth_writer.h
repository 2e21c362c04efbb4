// The truth behind a simulated city, as NDJSON: docs/simulator.md has every member.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/sighting.h"
#include "simulation/city.h"
#include "simulation/observation.h"
#include "simulation/options.h"
#include "simulation/population.h"

namespace sightline::simulation {

enum class TruthReadings {
  kAll,        // every reading and every missed pass
  kDeviating,  // readings that differ from what was there, and missed passes
  kNone,
};

// What was given out; the last line of a truth file.
struct TruthSummary {
  uint64_t readings = 0;
  uint64_t missed = 0;
  uint64_t misread = 0;
  uint64_t unread = 0;
  uint64_t wrong_clock = 0;  // readings of cameras whose clock is wrong, and so on
  uint64_t wrong_position = 0;
  uint64_t attribute_errors = 0;
  uint64_t joint = 0;
  std::optional<CityTime> first;  // true times of readings
  std::optional<CityTime> last;

  void Count(const ArrivedPass& pass, const ReadingFlags& flags);
};

// Appends lines to strings of the caller's. Immutable; thread-safe.
class TruthWriter {
 public:
  // All outlive the writer.
  TruthWriter(const SimulationOptions& options, const City& city, const Population& population)
      : options_(options), city_(city), population_(population) {}

  // A file begins with the options and the cameras, every vehicle, then clones and convoys.
  void WriteCity(std::string& out) const;
  void WriteVehicle(uint32_t number, std::string& out) const;
  void WriteGroups(std::string& out) const;
  void WriteReading(const ArrivedPass& pass, const ReadingFlags& flags, const Sighting& sighting,
                    std::string& out) const;
  void WriteMissed(const ArrivedPass& pass, std::string& out) const;
  // `complete`: the last day was reached.
  void WriteSummary(const TruthSummary& summary, bool complete, std::string& out) const;

 private:
  void WriteOptions(std::string& out) const;
  void WriteCamera(const CityCamera& camera, std::string& out) const;
  void WriteClones(std::string& out) const;
  void WriteConvoy(uint32_t number, std::string& out) const;

  const SimulationOptions& options_;
  const City& city_;
  const Population& population_;
};

}  // namespace sightline::simulation
