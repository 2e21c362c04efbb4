// What is wrong with a camera's clock or place.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "core/geo.h"
#include "core/time.h"

namespace sightline::query {

// A camera whose readings conflict with those of many plates.
struct CameraFault {
  enum class Kind : uint8_t { kClock, kPosition };
  Kind kind = Kind::kClock;
  // Of clocks: what is to be subtracted from the camera's times: offset_s at `since`, and so much
  // more each day (a clock that drifts).
  double offset_s = 0;
  double drift_s_per_day = 0;
  TimestampMs since;
  uint64_t plates = 0;  // that speak for it
  double confidence = 0;
  // Of positions: where the camera seems to stand, to a few hundred metres; none: nobody
  // knows.
  std::optional<Position> place;

  // What to subtract at a time that the camera shows.
  double OffsetAt(TimestampMs shown) const {
    return offset_s + drift_s_per_day * static_cast<double>(shown - since) /
                          static_cast<double>(kMillisecondsPerDay);
  }

  bool operator==(const CameraFault&) const = default;
};
using CameraFaults = std::map<uint32_t, CameraFault>;  // by camera number

}  // namespace sightline::query
