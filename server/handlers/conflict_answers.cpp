#include "server/handlers/conflict_answers.h"

#include "api/sighting_json.h"

namespace sightline::server {
namespace {

using query::ConflictVehicle;

void WriteTexts(api::JsonWriter& json, const std::vector<std::string>& texts) {
  json.BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

Status WriteSighting(api::JsonWriter& json, const SightingId& id, storage::Store& store,
                     Sequence as_of) {
  const Result<StoredSighting> sighting = store.GetSighting(id, as_of);
  if (sighting) {
    api::WriteSighting(json, *sighting, {});
    return Ok();
  }
  if (sighting.error().code != ErrorCode::kNotFound) return sighting.error();
  json.BeginObject().Key("id").String(id.ToString()).Key("gone").Bool(true).EndObject();
  return Ok();
}

Status WriteEvidence(api::JsonWriter& json, const query::Conflict& conflict,
                     storage::Store& store, Sequence as_of) {
  json.Key("evidence").BeginArray();
  for (const query::ImpossiblePair& pair : conflict.evidence) {
    json.BeginObject().Key("a");
    SIGHTLINE_RETURN_IF_ERROR(WriteSighting(json, pair.a, store, as_of));
    json.Key("b");
    SIGHTLINE_RETURN_IF_ERROR(WriteSighting(json, pair.b, store, as_of));
    json.Key("distance_m").Double(pair.distance.value).Key("gap_s").Double(pair.gap_s);
    json.Key("required_kmh");
    if (pair.required) {
      json.Double(pair.required->value);
    } else {
      json.Null();
    }
    json.Key("fastest_s").Double(pair.fastest_s).EndObject();
  }
  json.EndArray();
  return Ok();
}

void WriteVehicles(api::JsonWriter& json, const query::Conflict& conflict) {
  json.Key("vehicles").BeginArray();
  for (const ConflictVehicle& vehicle : conflict.vehicles) {
    json.BeginObject().Key("sightings").BeginArray();
    for (const SightingId& id : vehicle.sightings) json.String(id.ToString());
    json.EndArray().Key("appearance").BeginObject();
    for (const auto& [name, value] : vehicle.appearance) json.Key(name).String(value);
    json.EndObject().Key("home");
    if (vehicle.home) {
      json.LonLat(*vehicle.home);
    } else {
      json.Null();
    }
    json.Key("likely_genuine").Bool(vehicle.likely_genuine).Key("reasons");
    WriteTexts(json, vehicle.reasons);
    json.EndObject();
  }
  json.EndArray().Key("foreign").BeginArray();
  for (const auto& foreign : conflict.foreign) {
    json.BeginObject().Key("sighting_id").String(foreign.sighting.ToString());
    if (!foreign.probable_plate.empty()) {
      json.Key("probable_plate").String(foreign.probable_plate);
    }
    json.EndObject();
  }
  json.EndArray();
}

void WriteVerdict(api::JsonWriter& json, const ConflictRecord& record) {
  const ConflictVerdict& verdict = *record.verdict;
  json.Key("verdict").BeginObject().Key("status").String(ConflictStatusName(verdict.status));
  json.Key("note").String(verdict.note).Key("at").Time(verdict.at);
  json.Key("by").BeginObject().Key("id").String(verdict.by.id);
  json.Key("name").String(verdict.by.name).EndObject();
  json.Key("kind").String(ConflictKindName(verdict.kind));
  // What a person who dismissed it may want to look at again.
  json.Key("kind_changed").Bool(verdict.kind != record.conflict.kind);
  json.Key("evidence_since").Bool(record.conflict.last > verdict.last_evidence);
  json.Key("vehicles").BeginArray();
  for (const query::KnownVehicle& vehicle : verdict.vehicles) {
    if (vehicle.sightings.empty()) continue;
    json.BeginObject().Key("sighting_id").String(vehicle.sightings.front().ToString());
    json.Key("genuine").Bool(vehicle.genuine).EndObject();
  }
  json.EndArray().EndObject();
}

}  // namespace

Status WriteConflictMembers(api::JsonWriter& json, const ConflictRecord& record,
                            storage::Store& store, Sequence as_of) {
  const query::Conflict& conflict = record.conflict;
  json.Key("id").String(record.id).Key("plate").String(conflict.plate);
  json.Key("kind").String(ConflictKindName(conflict.kind));
  json.Key("probabilities").BeginObject();
  for (size_t kind = 0; kind < conflict.probabilities.size(); ++kind) {
    json.Key(ConflictKindName(static_cast<query::ConflictKind>(kind)));
    json.Double(conflict.probabilities[kind]);
  }
  json.EndObject().Key("confidence").Double(conflict.confidence);
  json.Key("status").String(ConflictStatusName(record.status())).Key("reasons");
  WriteTexts(json, conflict.reasons);
  json.Key("first").Time(conflict.first).Key("last").Time(conflict.last);
  SIGHTLINE_RETURN_IF_ERROR(WriteEvidence(json, conflict, store, as_of));
  WriteVehicles(json, conflict);
  if (record.verdict) WriteVerdict(json, record);
  if (record.last_fake) {
    json.Key("last_fake").BeginObject();
    json.Key("sighting_id").String(record.last_fake->sighting.ToString());
    json.Key("camera_id").String(record.last_fake->camera_id);
    json.Key("time").Time(record.last_fake->sighting.time).EndObject();
  }
  json.Key("windows").BeginArray();
  for (const Interval& span : record.spans) {
    json.BeginObject().Key("from").Time(span.from).Key("to").Time(span.to).EndObject();
  }
  json.EndArray().Key("found").Time(record.found).Key("changed").Time(record.changed);
  json.Key("found_by").String(record.found_by.empty() ? "live" : "sweep");
  json.Key("judged_as_of").Uint(record.judged_as_of);
  return Ok();
}

void WriteThresholdsMember(api::JsonWriter& json, const query::TravelBound& bound) {
  json.Key("thresholds").BeginObject().Key("max_speed_kmh").Double(bound.max_speed.value);
  json.Key("slack_s").Double(bound.slack_s).Key("slack_m").Double(bound.slack.value).EndObject();
}

}  // namespace sightline::server
