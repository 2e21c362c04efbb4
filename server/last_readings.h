// The last reading of each plate that was read lately, in bounded memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "query/plate_readings.h"

namespace sightline::server {

// A table of fixed size, four places to a bucket: where a bucket is full, the plate that was read
// longest ago gives way. Plates are told apart by 64 bits of hash; who needs to be sure looks the
// plate up. 48 bytes a plate. Not thread-safe.
class LastReadings {
 public:
  // Room for `plates` or a little more.
  explicit LastReadings(size_t plates);

  // The last reading of the plate; none: it is not remembered.
  std::optional<query::PlateReading> Find(std::string_view plate) const;

  // Keeps the reading where none is kept that is later.
  void Keep(std::string_view plate, const query::PlateReading& reading);

 private:
  struct Entry {
    uint64_t plate_hash = 0;  // 0: free
    int64_t time_ms = 0;
    uint64_t identity_hash = 0;
    Position place;
    uint32_t camera_number = 0;
    bool has_place = false;
  };
  using Bucket = std::array<Entry, 4>;

  static uint64_t HashOf(std::string_view plate);
  const Bucket& BucketOf(uint64_t hash) const { return buckets_[hash & (buckets_.size() - 1)]; }

  std::vector<Bucket> buckets_;  // a power of two
};

}  // namespace sightline::server
