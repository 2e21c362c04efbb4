#include "api/sighting_json.h"

#include <algorithm>
#include <array>

#include "api/base64.h"
#include "api/json_reader.h"

namespace sightline::api {
namespace {

// In the order in which they are written.
constexpr std::array<std::string_view, 17> kMembers = {
    "id",         "received",  "source_id",   "camera_id",        "time",       "plate",
    "plate_read", "corrected", "plate_color", "plate_confidence", "attributes", "location",
    "lane",       "speed_kmh", "image",       "vectors",          "match"};

// Calls `visit` for each name of a comma-separated list; blanks around names are passed over.
template <typename Visit>
Status ForEachName(std::string_view list, std::string_view parameter, Visit visit) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    std::string_view name = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (!visit(name)) {
      return InvalidArgument(std::string(parameter) + " knows no " + Quoted(name),
                             std::string(parameter));
    }
  }
  return Ok();
}

void WriteAttributes(JsonWriter& json, const std::vector<Attribute>& attributes) {
  json.Key("attributes").BeginObject();
  for (const Attribute& attribute : attributes) json.Key(attribute.name).Attribute(attribute.value);
  json.EndObject();
}

void WriteVectors(JsonWriter& json, const std::vector<AppearanceVector>& vectors) {
  json.Key("vectors").BeginObject();
  for (const AppearanceVector& vector : vectors) {
    json.Key(vector.space).String(EncodeBase64(vector.bytes));
  }
  json.EndObject();
}

// The members behind "plate_read", which answers and incoming sightings share.
template <typename Wanted>
void WriteDetails(JsonWriter& json, const Sighting& sighting, Wanted wanted) {
  if (!sighting.plate_color.empty() && wanted("plate_color")) {
    json.Key("plate_color").String(sighting.plate_color);
  }
  if (sighting.plate_confidence && wanted("plate_confidence")) {
    json.Key("plate_confidence").Double(*sighting.plate_confidence);
  }
  if (!sighting.attributes.empty() && wanted("attributes")) {
    WriteAttributes(json, sighting.attributes);
  }
  if (sighting.location && wanted("location")) json.Key("location").LonLat(*sighting.location);
  if (sighting.lane && wanted("lane")) json.Key("lane").Int(*sighting.lane);
  if (sighting.speed_kmh && wanted("speed_kmh")) json.Key("speed_kmh").Double(*sighting.speed_kmh);
  if (!sighting.image.empty() && wanted("image")) json.Key("image").String(sighting.image);
  if (!sighting.vectors.empty() && wanted("vectors")) WriteVectors(json, sighting.vectors);
}

}  // namespace

Result<SightingFields> ParseSightingFields(std::string_view include, std::string_view fields) {
  SightingFields parsed;
  SIGHTLINE_RETURN_IF_ERROR(ForEachName(include, "include", [&](std::string_view name) {
    parsed.vectors = parsed.vectors || name == "vectors";
    return name == "vectors";
  }));
  if (fields.empty()) return parsed;
  parsed.only.emplace();
  SIGHTLINE_RETURN_IF_ERROR(ForEachName(fields, "fields", [&](std::string_view name) {
    parsed.only->emplace(name);
    return !name.empty() && std::ranges::find(kMembers, name) != kMembers.end();
  }));
  return parsed;
}

void WriteSightingMembers(JsonWriter& json, const StoredSighting& stored,
                          const SightingFields& fields) {
  const Sighting& sighting = stored.sighting;
  const auto wanted = [&](std::string_view member) {
    if (member == "vectors" && !fields.vectors) return fields.only && fields.only->contains(member);
    return !fields.only || fields.only->contains(member);
  };
  json.Key("id").String(stored.id.ToString());
  if (wanted("received")) json.Key("received").Time(stored.received);
  if (sighting.source_id && wanted("source_id")) json.Key("source_id").String(*sighting.source_id);
  if (wanted("camera_id")) json.Key("camera_id").String(sighting.camera_id);
  if (wanted("time")) json.Key("time").Time(sighting.time);
  if (!sighting.plate.empty() && wanted("plate")) json.Key("plate").String(sighting.plate);
  if (!sighting.plate_read.empty() && wanted("plate_read")) {
    json.Key("plate_read").String(sighting.plate_read);
  }
  if (stored.corrected != 0 && wanted("corrected")) json.Key("corrected").Bool(true);
  WriteDetails(json, sighting, wanted);
}

void WriteMatchMember(JsonWriter& json, double probability, int differences,
                      const SightingFields& fields) {
  if (fields.only && !fields.only->contains("match")) return;
  json.Key("match").BeginObject().Key("probability").Double(probability);
  json.Key("differences").Int(differences).EndObject();
}

void WriteSighting(JsonWriter& json, const StoredSighting& stored, const SightingFields& fields) {
  json.BeginObject();
  WriteSightingMembers(json, stored, fields);
  json.EndObject();
}

void WriteIncomingSighting(JsonWriter& json, const Sighting& sighting) {
  json.BeginObject();
  if (sighting.source_id) json.Key("source_id").String(*sighting.source_id);
  json.Key("camera_id").String(sighting.camera_id).Key("time").Time(sighting.time);
  const std::string& plate = sighting.plate_read.empty() ? sighting.plate : sighting.plate_read;
  if (!plate.empty()) json.Key("plate").String(plate);
  WriteDetails(json, sighting, [](std::string_view) { return true; });
  json.EndObject();
}

}  // namespace sightline::api
