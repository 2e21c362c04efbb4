// What is told of sightings that have just become durable.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "core/geo.h"
#include "core/time.h"

namespace sightline::ingest {

// A sighting with a plate that was accepted.
struct CommittedReading {
  std::string plate;  // normalised; never empty
  TimestampMs time;
  uint32_t camera_number = 0;
  uint64_t identity_hash = 0;
  std::optional<Position> place;
};

// Called on the committer's thread, behind each commit and before its requests are answered: it must
// not block. The readings are the caller's to take.
using CommitObserver = std::function<void(std::span<CommittedReading>)>;

}  // namespace sightline::ingest
