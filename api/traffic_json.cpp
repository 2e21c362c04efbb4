#include "api/traffic_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/filter_parameters.h"
#include "api/geojson_reader.h"
#include "api/json_reader.h"
#include "api/parameters.h"
#include "api/question_members.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxNameBytes = 256;
constexpr size_t kMaxCameraIdBytes = 128;

constexpr NullMeaning kNoNulls = NullMeaning::kMistake;

// kInvalidArgument without field, a message that begins with a verb.
Status AddUnit(std::string_view name, std::vector<NamedTimeUnit>& units) {
  const Result<NamedCountKey> key = ParseCountKey(name);
  if (!key || key->key.kind != CountKey::Kind::kTime) {
    return InvalidArgument(fmt::format("holds {}, which is none of minute, hour, day, week, "
                                       "hour_of_day, weekday and hour_class",
                                       Quoted(name)));
  }
  if (std::ranges::find(units, key->key.unit, &NamedTimeUnit::unit) != units.end()) {
    return InvalidArgument(fmt::format("names {} twice", Quoted(name)));
  }
  units.push_back({std::string(name), key->key.unit});
  return Ok();
}

Status CheckTime(Interval time, std::string_view field) {
  if (time.from <= time.to) return Ok();
  return InvalidArgument("from lies after to", std::string(field));
}

// The members that both questions have come first, in this order.
enum CommonMember : size_t { kFrom, kTo, kGroupBy, kTimeZone, kMaxRows, kAsOf, kCommonMembers };

Status ReadCommon(size_t member, Json part, const JsonPath& here, TrafficBody& body) {
  switch (member) {
    case kFrom: {
      SIGHTLINE_ASSIGN(body.time.from, ReadTime(part, here));
      return Ok();
    }
    case kTo: {
      SIGHTLINE_ASSIGN(body.time.to, ReadTime(part, here, /*end_of_interval=*/true));
      return Ok();
    }
    case kGroupBy:
      return ReadGroupBy(
          part, here, [&](std::string_view name) { return AddUnit(name, body.group_by); });
    case kTimeZone: {
      SIGHTLINE_ASSIGN(body.time_zone, ReadTimeZone(part, here));
      return Ok();
    }
    case kMaxRows: {
      SIGHTLINE_ASSIGN(const int64_t rows, ReadInteger(part, here, 1, kMaxCountRows));
      body.max_rows = static_cast<size_t>(rows);
      return Ok();
    }
    default: {
      SIGHTLINE_ASSIGN(body.as_of, ReadAsOf(part, here));
      return Ok();
    }
  }
}

Result<std::string> ReadCameraId(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const std::string_view id, ReadText(value, path, {1, kMaxCameraIdBytes}));
  return std::string(id);
}

Result<FlowZoneBody> ReadZone(Json value, const JsonPath& path) {
  static constexpr std::string_view kMembers[] = {"name", "cameras", "area"};
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  FlowZoneBody zone;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    switch (member) {
      case 0: {
        SIGHTLINE_ASSIGN(zone.name, ReadText(part, here, {1, kMaxNameBytes}));
        return Ok();
      }
      case 1: {
        SIGHTLINE_ASSIGN(const JsonArray cameras, ReadArray(part, here));
        for (const Json camera : cameras) {
          SIGHTLINE_ASSIGN(std::string id,
                           ReadCameraId(camera, JsonPath(here, zone.cameras.size())));
          zone.cameras.push_back(std::move(id));
        }
        return Ok();
      }
      default: {
        SIGHTLINE_ASSIGN(zone.area, ReadArea(part, here));
        return Ok();
      }
    }
  };
  SIGHTLINE_ASSIGN(const uint32_t seen, ReadMembers(object, path, kMembers, kNoNulls, read));
  if (!(seen & 1u)) return BadValue(JsonPath(path, kMembers[0]), "is missing");
  if (!(seen & 6u)) return BadValue(path, "must have cameras, an area, or both");
  return zone;
}

Status ReadZones(Json value, const JsonPath& path, std::vector<FlowZoneBody>& zones) {
  SIGHTLINE_ASSIGN(const JsonArray array, ReadArray(value, path));
  if (array.size() > kMaxFlowZones) {
    return BadValue(path, fmt::format("has {} zones; at most {} are allowed", array.size(),
                                      kMaxFlowZones));
  }
  std::set<std::string> names;
  for (const Json element : array) {
    const JsonPath here(path, zones.size());
    SIGHTLINE_ASSIGN(FlowZoneBody zone, ReadZone(element, here));
    if (!names.insert(zone.name).second) {
      return BadValue(JsonPath(here, "name"), "is the name of another zone too");
    }
    zones.push_back(std::move(zone));
  }
  return Ok();
}

}  // namespace

Result<FlowsBody> ParseFlows(std::string_view json) {
  static constexpr std::string_view kMembers[] = {"from",     "to",    "group_by", "tz",
                                                  "max_rows", "as_of", "zones",    "min_readings"};
  FlowsBody body;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    if (member < kCommonMembers) return ReadCommon(member, part, here, body);
    if (member == kCommonMembers) return ReadZones(part, here, body.zones);
    SIGHTLINE_ASSIGN(const int64_t readings, ReadInteger(part, here, 1, kMaxMinReadings));
    body.min_readings = static_cast<size_t>(readings);
    return Ok();
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadDocument(json, kMembers, kNoNulls, read));
  SIGHTLINE_RETURN_IF_ERROR(CheckTime(body.time, "/from"));
  return body;
}

Result<SpeedsBody> ParseSpeeds(std::string_view json) {
  static constexpr std::string_view kMembers[] = {
      "from", "to", "group_by", "tz", "max_rows", "as_of", "from_camera", "to_camera", "min_count"};
  SpeedsBody body;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    if (member < kCommonMembers) return ReadCommon(member, part, here, body);
    if (member == kCommonMembers) {
      SIGHTLINE_ASSIGN(body.from_camera, ReadCameraId(part, here));
      return Ok();
    }
    if (member == kCommonMembers + 1) {
      SIGHTLINE_ASSIGN(body.to_camera, ReadCameraId(part, here));
      return Ok();
    }
    SIGHTLINE_ASSIGN(const int64_t count, ReadInteger(part, here, 1, kMaxMinCount));
    body.min_count = static_cast<size_t>(count);
    return Ok();
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadDocument(json, kMembers, kNoNulls, read));
  SIGHTLINE_RETURN_IF_ERROR(CheckTime(body.time, "/from"));
  return body;
}

Result<SpeedsBody> ParseSpeedParameters(
    std::span<const std::pair<std::string, std::string>> parameters) {
  static constexpr std::string_view kRepeatable[] = {"group_by"};
  SIGHTLINE_RETURN_IF_ERROR(RequireOnce(parameters, kRepeatable));
  SpeedsBody body;
  for (const auto& [name, value] : parameters) {
    const JsonPath path(name);
    if (name == "from") {
      SIGHTLINE_ASSIGN(body.time.from, ParseTimeParameter(value, name));
    } else if (name == "to") {
      SIGHTLINE_ASSIGN(body.time.to, ParseTimeParameter(value, name));
    } else if (name == "group_by") {
      SIGHTLINE_RETURN_IF_ERROR(ReadGroupByParameter(
          value, [&](std::string_view unit) { return AddUnit(unit, body.group_by); }));
    } else if (name == "tz") {
      SIGHTLINE_RETURN_IF_ERROR(CheckText(value, path, {1, kMaxTimeZoneBytes}));
      body.time_zone = value;
    } else if (name == "max_rows") {
      SIGHTLINE_ASSIGN(body.max_rows, ParseUintParameter(value, name, 1, kMaxCountRows));
    } else if (name == "as_of") {
      SIGHTLINE_ASSIGN(body.as_of, ParseUintParameter(value, name, 0, kMaxSequence));
    } else if (name == "from_camera" || name == "to_camera") {
      SIGHTLINE_RETURN_IF_ERROR(CheckText(value, path, {1, kMaxCameraIdBytes}));
      (name == "from_camera" ? body.from_camera : body.to_camera) = value;
    } else if (name == "min_count") {
      SIGHTLINE_ASSIGN(body.min_count, ParseUintParameter(value, name, 1, kMaxMinCount));
    } else if (name != "format") {
      return InvalidArgument(fmt::format("there is no parameter {}", Quoted(name)), name);
    }
  }
  SIGHTLINE_RETURN_IF_ERROR(CheckTime(body.time, "from"));
  return body;
}

}  // namespace sightline::api
