// A camera: where readings come from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/geo.h"
#include "core/time.h"

namespace sightline {

enum class CameraKind {
  kCheckpoint,  // stands at `location`
  kMobile,      // carried around: each sighting has its own place, or none
};

// As a client describes it (POST /v1/cameras).
struct Camera {
  std::string id;    // 1 to 128 bytes of UTF-8 without control characters
  std::string name;  // for people; may be empty
  std::optional<Position> location;
  std::optional<double> heading_deg;  // [0, 360), clockwise from north
  CameraKind kind = CameraKind::kCheckpoint;

  bool operator==(const Camera&) const = default;
};

// One state of a camera and since when it held, by the server's clock at the time of the call.
struct CameraRevision {
  TimestampMs recorded;
  Camera camera;
  bool retired = false;
};

// A camera with its past, oldest revision first; never empty. The last one is in force.
struct CameraRecord {
  uint32_t number = 0;  // internal, given once, never reused; never shown to clients
  std::vector<CameraRevision> history;

  const Camera& camera() const { return history.back().camera; }
  bool retired() const { return history.back().retired; }
};

}  // namespace sightline
