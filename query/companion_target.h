// The readings of whoever companions are looked for.
#pragma once

#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "query/companions.h"
#include "query/plate_readings.h"

namespace sightline::query {

struct TargetReadings {
  std::vector<PlateReading> readings;  // in (time, camera number, identity) order
  std::vector<std::string> plates;     // that they bear, ascending; without unread ones
};

// Of the request's target within its time. Errors: as FindCompanions.
Result<TargetReadings> ReadTarget(const Sources& sources, const CompanionsRequest& request,
                                  Sequence as_of, const Cancellation& cancellation);

}  // namespace sightline::query
