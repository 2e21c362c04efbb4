#include "api/correction_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/attribute_reader.h"
#include "api/json_reader.h"
#include "core/plate.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxPlateTextBytes = 256;
constexpr size_t kMaxNoteBytes = 4096;

Result<std::string> ReadCorrectPlate(Json value, const JsonPath& path) {
  if (value.is_null()) return std::string();
  SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path, {0, kMaxPlateTextBytes}));
  if (text.empty()) return std::string();
  Result<std::string> plate = NormalizePlate(text);
  if (plate) return plate;
  return BadValue(path, fmt::format("{} is no plate: {}", Quoted(text), plate.error().message));
}

Status ReadAttributeChanges(Json value, const JsonPath& path, const SightingLimits& limits,
                            Correction& correction) {
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  std::vector<std::string_view> names;
  for (const auto [name, member] : object) {
    SIGHTLINE_RETURN_IF_ERROR(CheckAttributeName(name, path, limits));
    names.push_back(name);
    if (member.is_null()) {
      correction.removed_attributes.emplace_back(name);
      continue;
    }
    SIGHTLINE_ASSIGN(AttributeValue attribute,
                     ReadAttributeValue(member, JsonPath(path, name), limits));
    correction.attributes.push_back({std::string(name), std::move(attribute)});
  }
  if (names.size() > limits.max_attributes) {
    return BadValue(path, fmt::format("has {} members; at most {} are allowed (max_attributes)",
                                      names.size(), limits.max_attributes));
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::adjacent_find(names);
  if (repeated != names.end()) return RepeatedMember(JsonPath(path, *repeated));
  std::ranges::sort(correction.attributes, {}, &Attribute::name);
  std::ranges::sort(correction.removed_attributes);
  return Ok();
}

void WritePlate(JsonWriter& json, const std::string& plate) {
  if (plate.empty()) {
    json.Null();
  } else {
    json.String(plate);
  }
}

void WriteAttributeChanges(JsonWriter& json, const StoredCorrection& stored) {
  const Correction& correction = stored.correction;
  json.Key("attributes_before").BeginObject();
  for (const Attribute& before : stored.attributes_before) {
    json.Key(before.name).Attribute(before.value);
  }
  const auto write_absent = [&](const std::string& name) {
    const bool was_there = std::ranges::binary_search(stored.attributes_before, name, {},
                                                      &Attribute::name);
    if (!was_there) json.Key(name).Null();
  };
  for (const Attribute& attribute : correction.attributes) write_absent(attribute.name);
  for (const std::string& name : correction.removed_attributes) write_absent(name);
  json.EndObject();
  json.Key("attributes").BeginObject();
  for (const Attribute& attribute : correction.attributes) {
    json.Key(attribute.name).Attribute(attribute.value);
  }
  for (const std::string& name : correction.removed_attributes) json.Key(name).Null();
  json.EndObject();
}

}  // namespace

Result<Correction> ParseCorrection(std::string_view json, const SightingLimits& limits) {
  static constexpr std::string_view kMembers[] = {"plate", "attributes", "note"};
  Correction correction;
  const auto read = [&](size_t member, Json part, const JsonPath& path) -> Status {
    switch (member) {
      case 0: {
        SIGHTLINE_ASSIGN(correction.plate, ReadCorrectPlate(part, path));
        return Ok();
      }
      case 1: return ReadAttributeChanges(part, path, limits, correction);
      default: {
        SIGHTLINE_ASSIGN(correction.note, ReadText(part, path, {0, kMaxNoteBytes, {}, true}));
        return Ok();
      }
    }
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadDocument(json, kMembers, NullMeaning::kMistake, read));
  if (!correction.plate && correction.attributes.empty() &&
      correction.removed_attributes.empty()) {
    return InvalidArgument("the body corrects nothing: name a plate or an attribute");
  }
  return correction;
}

void WriteCorrection(JsonWriter& json, const StoredCorrection& stored) {
  const Correction& correction = stored.correction;
  json.BeginObject();
  json.Key("number").Uint(stored.sequence);
  json.Key("sighting_id").String(stored.sighting.ToString());
  json.Key("camera_id").String(stored.camera_id);
  json.Key("time").Time(stored.sighting.time);
  json.Key("corrected_at").Time(stored.corrected);
  json.Key("by").String(correction.author);
  if (!correction.note.empty()) json.Key("note").String(correction.note);
  if (correction.plate) {
    json.Key("plate_before");
    WritePlate(json, stored.plate_before);
    json.Key("plate");
    WritePlate(json, *correction.plate);
  }
  if (!correction.attributes.empty() || !correction.removed_attributes.empty()) {
    WriteAttributeChanges(json, stored);
  }
  json.EndObject();
}

}  // namespace sightline::api
