// The public id of a sighting and the identity that it is made from.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"

namespace sightline {

// What a client may hold on to and send back: opaque, the same for the same sighting on every
// server that stores it. Text form: 36 lower-case hex digits, whose byte order is the order of
// (time, camera hash, identity hash).
struct SightingId {
  TimestampMs time;
  uint32_t camera_hash = 0;    // HashCameraId of the camera's id
  uint64_t identity_hash = 0;  // HashIdentity, the last word of the storage key

  auto operator<=>(const SightingId&) const = default;

  std::string ToString() const;
};

// Errors: kInvalidArgument when the text is not an id that ToString could have made.
Result<SightingId> ParseSightingId(std::string_view text);

// XXH3-64 of the camera's id, folded to 32 bits. Stable: it is part of public ids.
uint32_t HashCameraId(std::string_view camera_id);

// XXH3-64 over the length-prefixed fields of a sighting's identity: (camera, source id, time), or
// without a source id (camera, plate, time). A sighting with neither has no identity of its own and
// must be given `nonce`, a number never used before, so that it is never merged with another.
// Stable: it is part of storage keys.
uint64_t HashIdentity(std::string_view camera_id, TimestampMs time,
                      const std::optional<std::string>& source_id, std::string_view plate,
                      uint64_t nonce);

}  // namespace sightline
