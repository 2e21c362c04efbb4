// How long the disk will last.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "core/mutex.h"
#include "core/time.h"

namespace sightline::server {

// Growth of the data directory over the last day (or since the start, if that is shorter), from
// samples taken now and then. Thread-safe.
class DiskForecast {
 public:
  // Samples are taken in the order of time.
  void AddSample(TimestampMs time, uint64_t disk_bytes);

  struct Forecast {
    double bytes_per_day = 0;               // negative when the directory shrinks
    std::optional<double> days_until_full;  // none while it does not grow
  };
  // nullopt until the samples span ten minutes.
  std::optional<Forecast> Get(uint64_t disk_free_bytes) const;

 private:
  struct Sample {
    TimestampMs time;
    uint64_t disk_bytes = 0;
  };
  mutable Mutex mutex_;
  std::deque<Sample> samples_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::server
