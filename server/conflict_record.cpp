#include "server/conflict_record.h"

#include <simdjson.h>
#include <sodium.h>

#include <array>
#include <utility>

#include "api/json_writer.h"

namespace sightline::server {
namespace {

using query::ConflictKind;
using query::ConflictVehicle;
using query::ImpossiblePair;
using Json = simdjson::dom::element;
using Object = simdjson::dom::object;
using Member = simdjson::simdjson_result<Json>;

constexpr int64_t kVersion = 1;

constexpr std::array<std::pair<ConflictStatus, std::string_view>, 3> kStatusNames = {{
    {ConflictStatus::kOpen, "open"},
    {ConflictStatus::kConfirmed, "confirmed"},
    {ConflictStatus::kDismissed, "dismissed"},
}};

constexpr std::array<std::pair<ConflictKind, std::string_view>, query::kConflictKinds> kKindNames =
    {{
        {ConflictKind::kCloned, "cloned"},
        {ConflictKind::kMisread, "misread"},
        {ConflictKind::kClock, "clock"},
        {ConflictKind::kPosition, "position"},
    }};

template <typename Names, typename Value>
std::string_view NameOf(const Names& names, Value value) {
  for (const auto& [each, name] : names) {
    if (each == value) return name;
  }
  return {};
}

template <typename Value, size_t N>
std::optional<Value> ValueOf(const std::array<std::pair<Value, std::string_view>, N>& names,
                             std::string_view text) {
  for (const auto& [each, name] : names) {
    if (name == text) return each;
  }
  return std::nullopt;
}

// --- writing -------------------------------------------------------------------------------------

void WriteIds(api::JsonWriter& json, const std::vector<SightingId>& ids) {
  json.BeginArray();
  for (const SightingId& id : ids) json.String(id.ToString());
  json.EndArray();
}

void WriteTexts(api::JsonWriter& json, const std::vector<std::string>& texts) {
  json.BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

void WritePair(api::JsonWriter& json, const ImpossiblePair& pair) {
  json.BeginObject().Key("a").String(pair.a.ToString()).Key("b").String(pair.b.ToString());
  json.Key("camera_a").String(pair.camera_a).Key("camera_b").String(pair.camera_b);
  json.Key("distance_m").Double(pair.distance.value).Key("gap_s").Double(pair.gap_s);
  if (pair.required) json.Key("required_kmh").Double(pair.required->value);
  json.Key("fastest_s").Double(pair.fastest_s).EndObject();
}

void WriteVehicle(api::JsonWriter& json, const ConflictVehicle& vehicle) {
  json.BeginObject().Key("sightings");
  WriteIds(json, vehicle.sightings);
  json.Key("appearance").BeginArray();
  for (const auto& [name, value] : vehicle.appearance) {
    json.BeginArray().String(name).String(value).EndArray();
  }
  json.EndArray();
  if (vehicle.home) json.Key("home").LonLat(*vehicle.home);
  json.Key("genuine").Bool(vehicle.likely_genuine).Key("reasons");
  WriteTexts(json, vehicle.reasons);
  json.EndObject();
}

void WriteConflict(api::JsonWriter& json, const query::Conflict& conflict) {
  json.BeginObject().Key("plate").String(conflict.plate);
  json.Key("kind").String(ConflictKindName(conflict.kind));
  json.Key("probabilities").BeginArray();
  for (const double probability : conflict.probabilities) json.Double(probability);
  json.EndArray().Key("confidence").Double(conflict.confidence).Key("reasons");
  WriteTexts(json, conflict.reasons);
  json.Key("evidence").BeginArray();
  for (const ImpossiblePair& pair : conflict.evidence) WritePair(json, pair);
  json.EndArray().Key("vehicles").BeginArray();
  for (const ConflictVehicle& vehicle : conflict.vehicles) WriteVehicle(json, vehicle);
  json.EndArray().Key("foreign").BeginArray();
  for (const auto& foreign : conflict.foreign) {
    json.BeginArray().String(foreign.sighting.ToString());
    json.String(foreign.probable_plate).EndArray();
  }
  json.EndArray().Key("first_ms").Int(conflict.first.value);
  json.Key("last_ms").Int(conflict.last.value).EndObject();
}

void WriteVerdict(api::JsonWriter& json, const ConflictVerdict& verdict) {
  json.BeginObject().Key("status").String(ConflictStatusName(verdict.status));
  json.Key("note").String(verdict.note);
  json.Key("by").BeginObject().Key("id").String(verdict.by.id);
  json.Key("name").String(verdict.by.name).EndObject();
  json.Key("at_ms").Int(verdict.at.value);
  json.Key("kind").String(ConflictKindName(verdict.kind));
  json.Key("last_evidence_ms").Int(verdict.last_evidence.value).Key("vehicles").BeginArray();
  for (const query::KnownVehicle& vehicle : verdict.vehicles) {
    json.BeginObject().Key("genuine").Bool(vehicle.genuine).Key("sightings");
    WriteIds(json, vehicle.sightings);
    json.EndObject();
  }
  json.EndArray().EndObject();
}

// --- reading: false for what writing could not have made ------------------------------------------

bool Read(Member member, double& number) { return member.get(number) == simdjson::SUCCESS; }
bool Read(Member member, bool& flag) { return member.get(flag) == simdjson::SUCCESS; }
bool Read(Member member, uint64_t& number) { return member.get(number) == simdjson::SUCCESS; }
bool Read(Member member, TimestampMs& time) { return member.get(time.value) == simdjson::SUCCESS; }

bool Read(Member member, std::string& text) {
  std::string_view view;
  if (member.get(view) != simdjson::SUCCESS) return false;
  text = view;
  return true;
}

bool Read(Member member, SightingId& id) {
  std::string_view text;
  if (member.get(text) != simdjson::SUCCESS) return false;
  const Result<SightingId> parsed = ParseSightingId(text);
  if (parsed) id = *parsed;
  return parsed.has_value();
}

bool Read(Member member, ConflictKind& kind) {
  std::string_view name;
  if (member.get(name) != simdjson::SUCCESS) return false;
  const auto known = ParseConflictKind(name);
  if (known) kind = *known;
  return known.has_value();
}

bool Read(Member member, ConflictStatus& status) {
  std::string_view name;
  if (member.get(name) != simdjson::SUCCESS) return false;
  const auto known = ParseConflictStatus(name);
  if (known) status = *known;
  return known.has_value();
}

bool Read(Member member, Author& author) {
  return Read(member["id"], author.id) && Read(member["name"], author.name);
}

bool Read(Member member, Interval& interval) {
  return Read(member.at(0), interval.from) && Read(member.at(1), interval.to);
}

bool Read(Member member, std::pair<std::string, std::string>& pair) {
  return Read(member.at(0), pair.first) && Read(member.at(1), pair.second);
}

bool Read(Member member, query::Conflict::Foreign& foreign) {
  return Read(member.at(0), foreign.sighting) && Read(member.at(1), foreign.probable_plate);
}

bool Read(Member member, ImpossiblePair& pair);
bool Read(Member member, ConflictVehicle& vehicle);
bool Read(Member member, query::KnownVehicle& vehicle);

template <typename Value>
bool Read(Member member, std::vector<Value>& values) {
  simdjson::dom::array array;
  if (member.get(array) != simdjson::SUCCESS) return false;
  for (const Json element : array) {
    if (!Read(Member(Json(element)), values.emplace_back())) return false;
  }
  return true;
}

bool Read(Member member, ImpossiblePair& pair) {
  if (double speed = 0; Read(member["required_kmh"], speed)) pair.required = Kmh{speed};
  return Read(member["a"], pair.a) && Read(member["b"], pair.b) &&
         Read(member["camera_a"], pair.camera_a) && Read(member["camera_b"], pair.camera_b) &&
         Read(member["distance_m"], pair.distance.value) && Read(member["gap_s"], pair.gap_s) &&
         Read(member["fastest_s"], pair.fastest_s);
}

bool Read(Member member, ConflictVehicle& vehicle) {
  if (Position home; Read(member["home"]["lon"], home.lon)) {
    if (!Read(member["home"]["lat"], home.lat)) return false;
    vehicle.home = home;
  }
  return Read(member["sightings"], vehicle.sightings) &&
         Read(member["appearance"], vehicle.appearance) &&
         Read(member["genuine"], vehicle.likely_genuine) &&
         Read(member["reasons"], vehicle.reasons);
}

bool Read(Member member, query::KnownVehicle& vehicle) {
  return Read(member["genuine"], vehicle.genuine) &&
         Read(member["sightings"], vehicle.sightings);
}

bool Read(Member member, query::Conflict& conflict) {
  for (int kind = 0; kind < query::kConflictKinds; ++kind) {
    if (!Read(member["probabilities"].at(kind), conflict.probabilities[kind])) return false;
  }
  return Read(member["plate"], conflict.plate) && Read(member["kind"], conflict.kind) &&
         Read(member["confidence"], conflict.confidence) &&
         Read(member["reasons"], conflict.reasons) && Read(member["evidence"], conflict.evidence) &&
         Read(member["vehicles"], conflict.vehicles) && Read(member["foreign"], conflict.foreign) &&
         Read(member["first_ms"], conflict.first) && Read(member["last_ms"], conflict.last);
}

bool Read(Member member, ConflictVerdict& verdict) {
  return Read(member["status"], verdict.status) && Read(member["note"], verdict.note) &&
         Read(member["by"], verdict.by) && Read(member["at_ms"], verdict.at) &&
         Read(member["kind"], verdict.kind) &&
         Read(member["last_evidence_ms"], verdict.last_evidence) &&
         Read(member["vehicles"], verdict.vehicles);
}

bool Read(Member member, FakeReading& reading) {
  return Read(member["sighting"], reading.sighting) && Read(member["camera_id"], reading.camera_id);
}

// A member that may be missing.
template <typename Value>
bool ReadOptional(Member member, std::optional<Value>& value) {
  return member.error() == simdjson::NO_SUCH_FIELD || Read(member, value.emplace());
}

bool ReadRecord(Json root, ConflictRecord& record) {
  const Member members(std::move(root));
  uint64_t version = 0;
  return Read(members["version"], version) && version == kVersion &&
         Read(members["number"], record.number) && Read(members["conflict"], record.conflict) &&
         Read(members["spans"], record.spans) &&
         Read(members["judged_as_of"], record.judged_as_of) &&
         Read(members["found_as_of"], record.found_as_of) &&
         Read(members["found_ms"], record.found) && Read(members["changed_ms"], record.changed) &&
         Read(members["found_by"], record.found_by) &&
         ReadOptional(members["verdict"], record.verdict) &&
         ReadOptional(members["last_fake"], record.last_fake);
}

}  // namespace

std::string_view ConflictStatusName(ConflictStatus status) { return NameOf(kStatusNames, status); }

std::optional<ConflictStatus> ParseConflictStatus(std::string_view name) {
  return ValueOf(kStatusNames, name);
}

std::string_view ConflictKindName(ConflictKind kind) { return NameOf(kKindNames, kind); }

std::optional<ConflictKind> ParseConflictKind(std::string_view name) {
  return ValueOf(kKindNames, name);
}

std::string ConflictIdOf(std::string_view plate) {
  constexpr std::string_view kContext = "sightline conflict";
  unsigned char hash[16];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(plate.data()),
                     plate.size(), reinterpret_cast<const unsigned char*>(kContext.data()),
                     kContext.size());
  char hex[2 * sizeof hash + 1];
  sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
  return hex;
}

std::string EncodeConflict(const ConflictRecord& record) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject().Key("version").Int(kVersion).Key("number").Uint(record.number);
  json.Key("conflict");
  WriteConflict(json, record.conflict);
  json.Key("spans").BeginArray();
  for (const Interval& span : record.spans) {
    json.BeginArray().Int(span.from.value).Int(span.to.value).EndArray();
  }
  json.EndArray().Key("judged_as_of").Uint(record.judged_as_of);
  json.Key("found_as_of").Uint(record.found_as_of).Key("found_ms").Int(record.found.value);
  json.Key("changed_ms").Int(record.changed.value).Key("found_by").String(record.found_by);
  if (record.verdict) {
    json.Key("verdict");
    WriteVerdict(json, *record.verdict);
  }
  if (record.last_fake) {
    json.Key("last_fake").BeginObject();
    json.Key("sighting").String(record.last_fake->sighting.ToString());
    json.Key("camera_id").String(record.last_fake->camera_id).EndObject();
  }
  json.EndObject();
  return text;
}

Result<ConflictRecord> DecodeConflict(std::string_view id, std::string_view text) {
  ConflictRecord record{.id = std::string(id)};
  simdjson::dom::parser parser;
  Json root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS ||
      !ReadRecord(root, record)) {
    return Error{ErrorCode::kCorruption,
                 "the stored conflict '" + std::string(id) + "' cannot be read", {}};
  }
  return record;
}

}  // namespace sightline::server
