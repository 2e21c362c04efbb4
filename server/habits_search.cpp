#include "server/habits_search.h"

#include <algorithm>
#include <utility>

#include "core/time.h"

namespace sightline::server {
namespace {

void WriteVehicle(api::JsonWriter& json, const query::HabitualVehicle& vehicle,
                  const query::HabitsRequest& request) {
  json.BeginObject().Key("plate").String(vehicle.plate);
  json.Key("readings").Uint(vehicle.readings);
  json.Key("cameras").Uint(vehicle.cameras);
  json.Key("days").Uint(vehicle.days);
  json.Key("nights").Uint(vehicle.nights);
  json.Key("night_share").Double(vehicle.night_share);
  json.Key("night_share_low").Double(vehicle.night_share_low);
  json.Key("passes").Uint(vehicle.passes);
  json.Key("busiest_day").BeginObject();
  json.Key("day").String(FormatDay(Day{static_cast<uint16_t>(vehicle.busiest_day)}));
  json.Key("passes").Uint(vehicle.busiest_passes).EndObject();
  if (request.frequent) json.Key("frequent_days").Uint(vehicle.frequent_days);
  if (vehicle.first_seen) json.Key("first_seen").Time(*vehicle.first_seen);
  json.Key("evidence").BeginArray();
  for (const query::HabitEvidence& evidence : vehicle.evidence) {
    json.BeginObject().Key("id").String(evidence.id.ToString());
    json.Key("camera_id").String(evidence.camera_id);
    json.Key("time").Time(evidence.id.time).EndObject();
  }
  json.EndArray().EndObject();
}

void WriteThresholds(api::JsonWriter& json, const query::HabitsRequest& request) {
  json.Key("thresholds").BeginObject();
  if (request.night_only) {
    json.Key("night_only").BeginObject();
    json.Key("min_share").Double(request.night_only->min_share);
    json.Key("min_nights").Uint(request.night_only->min_nights).EndObject();
  }
  if (request.frequent) {
    json.Key("frequent").BeginObject();
    json.Key("min_passes").Uint(request.frequent->min_passes);
    json.Key("min_days").Uint(request.frequent->min_days).EndObject();
  }
  json.Key("first_seen").Bool(request.first_seen);
  json.Key("min_readings").Uint(request.min_readings);
  json.Key("min_cameras").Uint(request.min_cameras);
  json.Key("night_from_hour").Int(request.night_from_hour);
  json.Key("night_to_hour").Int(request.night_to_hour);
  json.Key("pass_gap_s").Int(query::kPassGapMs / 1000);
  json.Key("tz").String(request.zone.name()).EndObject();
}

}  // namespace

query::HabitsRequest HabitsRequestOf(const api::HabitsBody& body, TimeZone zone) {
  query::HabitsRequest request{.filter = body.filter,
                               .night_only = {},
                               .frequent = {},
                               .first_seen = body.first_seen,
                               .min_readings = body.min_readings,
                               .min_cameras = body.min_cameras,
                               .night_from_hour = body.night_from_hour,
                               .night_to_hour = body.night_to_hour,
                               .zone = std::move(zone),
                               .as_of = body.as_of};
  if (body.night_only) {
    request.night_only = {body.night_only->min_share, body.night_only->min_nights};
  }
  if (body.frequent) request.frequent = {body.frequent->min_passes, body.frequent->min_days};
  return request;
}

void WriteHabitsMembers(api::JsonWriter& json, const query::HabitsAnswer& answer,
                        const query::HabitsRequest& request, size_t begin, size_t end) {
  json.Key("plates").BeginArray();
  for (size_t i = begin; i < std::min(end, answer.vehicles.size()); ++i) {
    WriteVehicle(json, answer.vehicles[i], request);
  }
  json.EndArray();
  json.Key("found").Uint(answer.found);
  json.Key("plates_looked_at").Uint(answer.plates);
  WriteThresholds(json, request);
  json.Key("as_of").Uint(answer.as_of);
}

Result<std::string> SearchHabits(const query::Sources& sources, JobRun& run) {
  SIGHTLINE_ASSIGN(const api::HabitsBody body, api::ParseHabits(run.question()));
  SIGHTLINE_ASSIGN(TimeZone zone, TimeZone::Named(body.time_zone));
  query::HabitsRequest request = HabitsRequestOf(body, std::move(zone));
  if (body.limit) request.most = *body.limit;
  SIGHTLINE_ASSIGN(const query::HabitsAnswer answer,
                   query::FindHabits(
                       sources, request, [&](double done) { run.Report(done, {}); },
                       run.cancellation()));
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject();
  WriteHabitsMembers(json, answer, request, 0, answer.vehicles.size());
  json.EndObject();
  return text;
}

}  // namespace sightline::server
