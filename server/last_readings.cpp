#include "server/last_readings.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace sightline::server {

LastReadings::LastReadings(size_t plates)
    : buckets_(std::bit_ceil(std::max<size_t>(1, plates / std::tuple_size_v<Bucket>))) {}

uint64_t LastReadings::HashOf(std::string_view plate) {
  return std::max<uint64_t>(1, std::hash<std::string_view>()(plate));
}

std::optional<query::PlateReading> LastReadings::Find(std::string_view plate) const {
  const uint64_t hash = HashOf(plate);
  for (const Entry& entry : BucketOf(hash)) {
    if (entry.plate_hash != hash) continue;
    query::PlateReading reading{.time = {entry.time_ms},
                                .camera_number = entry.camera_number,
                                .identity_hash = entry.identity_hash};
    if (entry.has_place) reading.place = entry.place;
    return reading;
  }
  return std::nullopt;
}

void LastReadings::Keep(std::string_view plate, const query::PlateReading& reading) {
  const uint64_t hash = HashOf(plate);
  Bucket& bucket = buckets_[hash & (buckets_.size() - 1)];
  auto entry = std::ranges::find(bucket, hash, &Entry::plate_hash);
  if (entry == bucket.end()) {
    entry = std::ranges::min_element(bucket, {}, [](const Entry& each) {
      return std::pair(each.plate_hash != 0, each.time_ms);
    });
  } else if (entry->time_ms > reading.time.value) {
    return;
  }
  *entry = {.plate_hash = hash,
            .time_ms = reading.time.value,
            .identity_hash = reading.identity_hash,
            .place = reading.place.value_or(Position{}),
            .camera_number = reading.camera_number,
            .has_place = reading.place.has_value()};
}

}  // namespace sightline::server
