// Where a sighting lies inside its day: how rooms name a row to each other without a record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace sightline {

// Ordered as stored: minute, camera, millisecond, hash (storage/row_key.h).
struct RowKey {
  uint32_t ms_of_day = 0;      // [0, 86 400 000)
  uint32_t camera_number = 0;  // CameraRecord::number
  uint64_t identity_hash = 0;  // HashIdentity (core/sighting_id.h)

  bool operator==(const RowKey&) const = default;
};

}  // namespace sightline

template <>
struct std::hash<sightline::RowKey> {
  size_t operator()(const sightline::RowKey& key) const noexcept {
    // The identity is a hash already; rows that share it differ in the camera or the time.
    return key.identity_hash ^ (uint64_t{key.camera_number} << 32 | key.ms_of_day);
  }
};
