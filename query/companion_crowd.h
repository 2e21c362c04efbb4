// Who passed the target's cameras around the moments when the target did.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "query/plate_readings.h"
#include "query/sources.h"

namespace sightline::query {

// One vehicle beside one reading of the target.
struct CrowdPass {
  uint32_t plate = 0;          // of CompanionCrowd
  uint32_t reading = 0;        // of the target: index in order of time
  int32_t offset_ms = 0;       // how much later than the target it passed; negative: earlier
  uint64_t identity_hash = 0;  // of its reading
  // For how many readings of the target's trip up to this one / from this one on it was in the core
  // of the crowd, with at most one reading left out in a row; 0: it is not in the core itself.
  uint16_t core_before = 0;
  uint16_t core_after = 0;
};

// How far around the target is looked, in milliseconds; presence < core < reach.
struct CompanionReach {
  // Within which a vehicle counts as present with the target: what is asked for, and never less
  // than kLeastPresenceMs, so that a companion that falls back a little is not lost.
  int32_t presence_ms = 0;
  // The crowd whose way on is what a stranger's would be: those near the target ...
  int32_t core_ms = 0;
  // ... followed at its next camera as far as this.
  int32_t reach_ms = 0;

  static constexpr int32_t kLeastPresenceMs = 30'000;
  static CompanionReach Of(int32_t within_ms);
};

// Plates are numbered from 0 in the order in which they were added. Built once, then immutable.
class CompanionCrowd {
 public:
  explicit CompanionCrowd(size_t readings) : begins_(readings + 1, 0) {}

  // Everyone within reach of the target's readings (in order of time; `trip_of`: the trip of each),
  // but for the plates in `left_out` (ascending) and the readings of the target itself. Needs
  // sources.columns.
  static Result<CompanionCrowd> Gather(const Sources& sources,
                                       std::span<const PlateReading> target,
                                       std::span<const uint32_t> trip_of,
                                       std::span<const std::string> left_out,
                                       const CompanionReach& reach, Sequence as_of,
                                       const Cancellation& cancellation);

  void Add(uint32_t reading, std::string_view plate, int32_t offset_ms, uint64_t identity_hash);
  // After the last Add; of several passes of one plate at one reading the nearest is kept.
  void Finish(std::span<const uint32_t> trip_of, const CompanionReach& reach);

  size_t readings() const { return begins_.size() - 1; }
  size_t plates() const { return names_.size(); }
  const std::string& PlateOf(uint32_t plate) const { return names_[plate]; }

  // Those at one reading, by plate / those of one plate, by reading.
  std::span<const CrowdPass> Around(uint32_t reading) const;
  std::span<const CrowdPass> PassesOf(uint32_t plate) const;
  // Null: the plate was not there.
  const CrowdPass* Find(uint32_t reading, uint32_t plate) const;

 private:
  void CountCore(std::span<const uint32_t> trip_of, const CompanionReach& reach);

  std::vector<std::string> names_;
  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<CrowdPass> passes_;    // by reading, then plate
  std::vector<uint32_t> begins_;     // in passes_, of each reading, and the end
  std::vector<CrowdPass> by_plate_;  // by plate, then reading
  std::vector<uint32_t> plate_begins_;
};

}  // namespace sightline::query
