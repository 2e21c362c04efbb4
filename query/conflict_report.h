// Makes a conflict of what was found out of a plate: kinds weighed, vehicles described, evidence.
#pragma once

#include <map>
#include <string>

#include "query/conflict.h"
#include "query/plate_case.h"
#include "query/track_reading.h"
#include "query/vehicle_looks.h"

namespace sightline::query {

struct JudgingPriors;  // query/plate_judge.h

struct ReportSources {
  const ReadingJudge& judge;
  const std::map<uint32_t, std::string>& camera_ids;  // by number
  const JudgingPriors& priors;
  const VehicleLooks* looks;  // null: no record was read
};

Conflict ReportConflict(const ReportSources& sources, const PlateCase& plate_case);

}  // namespace sightline::query
