// A camera's fault, as answers tell of it.
#pragma once

#include "api/json_writer.h"
#include "query/camera_fault.h"

namespace sightline::server {

// "clock" or "position".
std::string_view CameraFaultName(query::CameraFault::Kind kind);

// The members of an object that the caller opened: "kind", "plates", "confidence", and of clocks
// "clock_offset_s" at "since" with "clock_drift_s_per_day", of positions the "place" where the
// camera seems to stand.
void WriteFaultMembers(api::JsonWriter& json, const query::CameraFault& fault);

}  // namespace sightline::server
