// The time of day, as something that a test can set.
#pragma once

#include <chrono>

#include "core/time.h"

namespace sightline {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimestampMs Now() const = 0;
};

// The operating system's clock.
class SystemClock final : public Clock {
 public:
  TimestampMs Now() const override {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
  }
};

}  // namespace sightline
