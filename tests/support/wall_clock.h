// What a wall clock says of an instant, found minute by minute: what faster ways are compared with.
#pragma once

#include <cstdint>

#include "core/count_key.h"
#include "core/time.h"
#include "core/time_zone.h"

namespace sightline::testing {

// As query::TimeUnits::ValuesAt, for one unit.
int64_t ValueByWallClock(const TimeZone& zone, TimeUnit unit, TimestampMs time);

}  // namespace sightline::testing
