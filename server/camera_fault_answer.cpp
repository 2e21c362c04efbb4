#include "server/camera_fault_answer.h"

namespace sightline::server {

std::string_view CameraFaultName(query::CameraFault::Kind kind) {
  return kind == query::CameraFault::Kind::kClock ? "clock" : "position";
}

void WriteFaultMembers(api::JsonWriter& json, const query::CameraFault& fault) {
  json.Key("kind").String(CameraFaultName(fault.kind));
  if (fault.kind == query::CameraFault::Kind::kClock) {
    json.Key("clock_offset_s").Double(fault.offset_s).Key("since").Time(fault.since);
    json.Key("clock_drift_s_per_day").Double(fault.drift_s_per_day);
  } else if (fault.place) {
    json.Key("place").LonLat(*fault.place);
  }
  json.Key("plates").Uint(fault.plates).Key("confidence").Double(fault.confidence);
}

}  // namespace sightline::server
