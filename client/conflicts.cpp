#include "client/conflicts.h"

#include <fmt/format.h>

#include <utility>

#include "api/clone_json.h"
#include "api/json_writer.h"
#include "client/answer_members.h"

namespace sightline::client {
namespace {

constexpr std::string_view kTarget = "/v1/cloned-plates";

template <typename Visit>
void ForEach(Member member, Visit visit) {
  simdjson::dom::array array;
  if (member.get(array) != simdjson::SUCCESS) return;
  for (const Json element : array) visit(element);
}

std::vector<std::string> Texts(Member member) {
  std::vector<std::string> texts;
  ForEach(member, [&](Json element) { texts.push_back(Text(std::move(element))); });
  return texts;
}

std::string Appearance(Member member) {
  std::string text;
  simdjson::dom::object object;
  if (member.get(object) != simdjson::SUCCESS) return text;
  for (const auto [name, value] : object) {
    if (!text.empty()) text += ", ";
    text += std::string(name) + " " + Text(Json(value));
  }
  return text;
}

ConflictEvidence ReadEvidence(Json root) {
  ConflictEvidence pair{.camera_a = Text(root["a"]["camera_id"]),
                        .camera_b = Text(root["b"]["camera_id"]),
                        .time_a = Time(root["a"]["time"]),
                        .time_b = Time(root["b"]["time"]),
                        .distance_m = Number(root["distance_m"]).value_or(0),
                        .gap_s = Number(root["gap_s"]).value_or(0)};
  double speed = 0;
  if (root["required_kmh"].get(speed) == simdjson::SUCCESS) pair.required_kmh = speed;
  return pair;
}

ConflictVehicleInfo ReadVehicle(Json root) {
  ConflictVehicleInfo vehicle{.sightings = Texts(root["sightings"]),
                              .appearance = Appearance(root["appearance"]),
                              .reasons = Texts(root["reasons"])};
  bool genuine = false;
  vehicle.likely_genuine = root["likely_genuine"].get(genuine) == simdjson::SUCCESS && genuine;
  return vehicle;
}

ConflictInfo ReadConflict(Json root) {
  ConflictInfo conflict{.id = Text(root["id"]),
                        .plate = Text(root["plate"]),
                        .kind = Text(root["kind"]),
                        .confidence = Number(root["confidence"]).value_or(0),
                        .status = Text(root["status"]),
                        .note = Text(root["verdict"]["note"]),
                        .first = Time(root["first"]).value_or(TimestampMs{}),
                        .last = Time(root["last"]).value_or(TimestampMs{}),
                        .reasons = Texts(root["reasons"]),
                        .last_fake_camera = Text(root["last_fake"]["camera_id"]),
                        .last_fake = Time(root["last_fake"]["time"])};
  ForEach(root["evidence"], [&](Json pair) { conflict.evidence.push_back(ReadEvidence(pair)); });
  ForEach(root["vehicles"], [&](Json each) { conflict.vehicles.push_back(ReadVehicle(each)); });
  return conflict;
}

Result<ConflictAnswer> ParseConflict(std::string json) {
  simdjson::dom::parser parser;
  Json root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return NotUnderstood("no conflict in it");
  ConflictAnswer answer{.conflict = ReadConflict(root), .json = {}};
  if (answer.conflict.id.empty()) return NotUnderstood("no conflict in it");
  answer.json = std::move(json);
  return answer;
}

std::string TargetOf(std::string_view id) {
  return std::string(kTarget) + "/" + PercentEncode(id);
}

}  // namespace

Result<JobAnswer> Conflicts::Sweep(const Interval& window) {
  SIGHTLINE_ASSIGN(std::string json,
                   client_.Send("POST", "/v1/sweeps/cloned-plates", api::WriteSweep(window), {}));
  return ParseJob(std::move(json));
}

Result<ConflictList> Conflicts::List(const ConflictQuery& query) {
  std::string target = fmt::format("{}?limit={}", kTarget, query.limit);
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) target += fmt::format("&{}={}", name, PercentEncode(value));
  };
  for (const auto& [name, time] : {std::pair("from", query.from), std::pair("to", query.to),
                                   std::pair("since", query.since)}) {
    if (time) add(name, std::to_string(time->value));
  }
  add("status", query.status);
  add("kind", query.kind);
  add("plate", query.plate);
  if (query.min_confidence) add("min_confidence", fmt::format("{}", *query.min_confidence));
  add("page_token", query.page_token);
  SIGHTLINE_ASSIGN(std::string json, client_.Get(target));
  simdjson::dom::parser parser;
  Json root;
  simdjson::dom::array conflicts;
  if (parser.parse(json).get(root) != simdjson::SUCCESS ||
      root["conflicts"].get(conflicts) != simdjson::SUCCESS) {
    return NotUnderstood("no conflict in it");
  }
  ConflictList list;
  for (const Json one : conflicts) list.conflicts.push_back(ReadConflict(one));
  list.next_page_token = Text(root["next_page_token"]);
  list.json = std::move(json);
  return list;
}

Result<ConflictAnswer> Conflicts::Find(std::string_view id) {
  SIGHTLINE_ASSIGN(std::string json, client_.Get(TargetOf(id)));
  return ParseConflict(std::move(json));
}

Result<ConflictAnswer> Conflicts::Judge(std::string_view id, std::string_view status,
                                        const std::optional<std::string>& note,
                                        std::string_view genuine) {
  std::string body;
  {
    api::JsonWriter json(body);
    json.BeginObject().Key("status").String(status);
    if (note) json.Key("note").String(*note);
    if (!genuine.empty()) {
      json.Key("vehicles").BeginArray().BeginObject().Key("sighting_id").String(genuine);
      json.Key("genuine").Bool(true).EndObject().EndArray();
    }
    json.EndObject();
  }
  SIGHTLINE_ASSIGN(std::string json,
                   client_.Send("PATCH", TargetOf(id), body, {.repeatable = true}));
  return ParseConflict(std::move(json));
}

}  // namespace sightline::client
