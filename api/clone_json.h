// Questions about cloned plates on the wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/sighting_id.h"
#include "core/time.h"

namespace sightline::api {

// The body of POST /v1/sweeps/cloned-plates: {"from", "to"}, both required. Strict;
// kInvalidArgument with `field` too for a window that holds no instant.
Result<Interval> ParseSweep(std::string_view json);

// What ParseSweep reads back.
std::string WriteSweep(const Interval& window);

// The body of PATCH /v1/cloned-plates/{id}; at least one member is given.
struct VerdictBody {
  std::optional<std::string> status;  // "open", "confirmed" or "dismissed"
  std::optional<std::string> note;    // may have lines, up to 4 KiB
  struct Vehicle {
    SightingId sighting;  // a reading of it
    bool genuine = false;
  };
  std::optional<std::vector<Vehicle>> vehicles;  // at most one is genuine
};

// Strict. A note of null is an empty one.
Result<VerdictBody> ParseVerdict(std::string_view json);

}  // namespace sightline::api
