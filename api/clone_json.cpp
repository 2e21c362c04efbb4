#include "api/clone_json.h"

#include "api/json_reader.h"
#include "api/json_writer.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxNoteBytes = 4096;
constexpr size_t kMaxVehicles = 100;
constexpr size_t kMaxIdBytes = 64;

Result<SightingId> ReadSightingId(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path, {1, kMaxIdBytes}));
  const Result<SightingId> id = ParseSightingId(text);
  if (!id) return BadValue(path, "must be the id of a sighting");
  return *id;
}

Result<VerdictBody::Vehicle> ReadVehicle(Json value, const JsonPath& path) {
  static constexpr std::string_view kMembers[] = {"sighting_id", "genuine"};
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  VerdictBody::Vehicle vehicle;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    if (member == 0) {
      SIGHTLINE_ASSIGN(vehicle.sighting, ReadSightingId(part, here));
    } else {
      SIGHTLINE_ASSIGN(vehicle.genuine, ReadBool(part, here));
    }
    return Ok();
  };
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadMembers(object, path, kMembers, NullMeaning::kMistake, read));
  for (size_t i = 0; i < std::size(kMembers); ++i) {
    if (!(seen >> i & 1)) return BadValue(JsonPath(path, kMembers[i]), "is missing");
  }
  return vehicle;
}

Result<std::vector<VerdictBody::Vehicle>> ReadVehicles(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const JsonArray array, ReadArray(value, path));
  if (array.size() == 0 || array.size() > kMaxVehicles) {
    return BadValue(path, "must hold 1 to 100 vehicles");
  }
  std::vector<VerdictBody::Vehicle> vehicles;
  bool has_genuine = false;
  for (const Json element : array) {
    const JsonPath here(path, vehicles.size());
    SIGHTLINE_ASSIGN(const VerdictBody::Vehicle vehicle, ReadVehicle(element, here));
    if (vehicle.genuine && has_genuine) {
      return BadValue(JsonPath(here, "genuine"), "can be true of one vehicle alone");
    }
    has_genuine |= vehicle.genuine;
    vehicles.push_back(vehicle);
  }
  return vehicles;
}

}  // namespace

Result<Interval> ParseSweep(std::string_view json) {
  static constexpr std::string_view kMembers[] = {"from", "to"};
  const JsonPath root;
  Interval window;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    SIGHTLINE_ASSIGN((member == 0 ? window.from : window.to), ReadTime(part, here, member == 1));
    return Ok();
  };
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadDocument(json, kMembers, NullMeaning::kMistake, read));
  for (size_t i = 0; i < std::size(kMembers); ++i) {
    if (!(seen >> i & 1)) return BadValue(JsonPath(root, kMembers[i]), "is missing");
  }
  if (window.empty()) return BadValue(JsonPath(root, kMembers[1]), "must lie after from");
  return window;
}

std::string WriteSweep(const Interval& window) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject().Key("from").Time(window.from).Key("to").Time(window.to).EndObject();
  return text;
}

Result<VerdictBody> ParseVerdict(std::string_view json) {
  static constexpr std::string_view kMembers[] = {"status", "note", "vehicles"};
  const JsonPath root;
  VerdictBody body;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    if (member == 1 && part.is_null()) {
      body.note.emplace();
    } else if (member == 1) {
      SIGHTLINE_ASSIGN(body.note, ReadText(part, here,
                                           {.max_bytes = kMaxNoteBytes, .may_have_lines = true}));
    } else if (member == 2) {
      SIGHTLINE_ASSIGN(body.vehicles, ReadVehicles(part, here));
    } else {
      SIGHTLINE_ASSIGN(const std::string_view status, ReadText(part, here, {1, kMaxIdBytes}));
      if (status != "open" && status != "confirmed" && status != "dismissed") {
        return BadValue(here, "must be 'open', 'confirmed' or 'dismissed'");
      }
      body.status = status;
    }
    return Ok();
  };
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadDocument(json, kMembers, NullMeaning::kMistake, read));
  if (seen == 0) return BadValue(root, "must name a status, a note or vehicles");
  return body;
}

}  // namespace sightline::api
