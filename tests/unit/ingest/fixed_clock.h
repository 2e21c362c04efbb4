// A clock that stands still.
#pragma once

#include "core/clock.h"

namespace sightline::ingest {

inline constexpr TimestampMs kNow{1'474'450'000'000};

class FixedClock final : public Clock {
 public:
  TimestampMs Now() const override { return kNow; }
};

}  // namespace sightline::ingest
