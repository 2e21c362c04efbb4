#include "api/companions_json.h"

#include <fmt/format.h>

#include <utility>

#include "api/filter_json.h"
#include "api/filter_reader.h"
#include "api/json_reader.h"
#include "api/json_writer.h"
#include "api/parameters.h"
#include "api/question_members.h"
#include "core/plate.h"

namespace sightline::api {
namespace {

constexpr NullMeaning kNoNulls = NullMeaning::kMistake;
constexpr size_t kMaxPlateTextBytes = 256;

constexpr std::string_view kMembers[] = {"target",      "from",  "to",   "within_s",
                                         "min_cameras", "limit", "as_of"};
enum Member : size_t { kTarget, kFrom, kTo, kWithin, kMinCameras, kLimit, kAsOf };

Result<std::vector<SightingId>> ReadIds(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const JsonArray array, ReadArray(value, path));
  if (array.size() == 0) return BadValue(path, "is empty; give at least one id");
  if (array.size() > kMaxTargetSightings) {
    return BadValue(path, fmt::format("has {} ids; at most {} are allowed", array.size(),
                                      kMaxTargetSightings));
  }
  std::vector<SightingId> ids;
  for (const Json element : array) {
    const JsonPath here(path, ids.size());
    SIGHTLINE_ASSIGN(const std::string_view text, ReadText(element, here, {0, 64}));
    const Result<SightingId> id = ParseSightingId(text);
    if (!id) return BadValue(here, "is not the id of a sighting");
    ids.push_back(*id);
  }
  return ids;
}

Result<CompanionTargetBody> ReadTarget(Json value, const JsonPath& path) {
  static constexpr std::string_view kTargetMembers[] = {"plate", "filter", "sighting_ids"};
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  CompanionTargetBody target;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    if (member == 0) {
      SIGHTLINE_ASSIGN(const std::string_view text,
                       ReadText(part, here, {1, kMaxPlateTextBytes}));
      Result<std::string> plate = NormalizePlate(text);
      if (!plate) return InvalidArgument(plate.error().message, here.Pointer());
      target.plate = *std::move(plate);
    } else if (member == 1) {
      SIGHTLINE_ASSIGN(target.filter, ReadFilter(part, here));
    } else {
      SIGHTLINE_ASSIGN(target.sightings, ReadIds(part, here));
    }
    return Ok();
  };
  SIGHTLINE_ASSIGN(const uint32_t seen, ReadMembers(object, path, kTargetMembers, kNoNulls, read));
  if (seen != 1 && seen != 2 && seen != 4) {
    return BadValue(path, "must have either plate, filter or sighting_ids");
  }
  return target;
}

Status ReadMember(size_t member, Json part, const JsonPath& here, CompanionsBody& body) {
  const auto read_number = [&](int64_t min, int64_t max) {
    return ReadInteger(part, here, min, max);
  };
  switch (member) {
    case kTarget: {
      SIGHTLINE_ASSIGN(body.target, ReadTarget(part, here));
      return Ok();
    }
    case kFrom: {
      SIGHTLINE_ASSIGN(body.time.from, ReadTime(part, here));
      return Ok();
    }
    case kTo: {
      SIGHTLINE_ASSIGN(body.time.to, ReadTime(part, here, true));
      return Ok();
    }
    case kWithin: {
      SIGHTLINE_ASSIGN(const int64_t number, read_number(1, kMaxWithinSeconds));
      body.within_s = static_cast<uint32_t>(number);
      return Ok();
    }
    case kMinCameras: {
      SIGHTLINE_ASSIGN(const int64_t number, read_number(1, kMaxMinCameras));
      body.min_cameras = static_cast<uint32_t>(number);
      return Ok();
    }
    case kLimit: {
      SIGHTLINE_ASSIGN(const int64_t number, read_number(1, kMaxLimit));
      body.limit = static_cast<size_t>(number);
      return Ok();
    }
    default: {
      SIGHTLINE_ASSIGN(body.as_of, ReadAsOf(part, here));
      return Ok();
    }
  }
}

}  // namespace

Result<CompanionsBody> ParseCompanions(std::string_view json) {
  const JsonPath root;
  CompanionsBody body;
  const auto read = [&](size_t member, Json part, const JsonPath& here) {
    return ReadMember(member, part, here, body);
  };
  SIGHTLINE_ASSIGN(const uint32_t seen, ReadDocument(json, kMembers, kNoNulls, read));
  if (body.time.from > body.time.to) {
    return BadValue(JsonPath(root, kMembers[kFrom]), "lies after to");
  }
  if (body.target) return body;
  for (const Member end : {kFrom, kTo}) {
    if (!(seen & (uint32_t{1} << end))) {
      return BadValue(JsonPath(root, kMembers[end]),
                      "is missing; without a target the window needs both ends");
    }
  }
  return body;
}

std::string WriteCompanions(const CompanionsBody& body) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  if (body.target) {
    json.Key("target").BeginObject();
    if (body.target->filter) {
      json.Key("filter");
      WriteFilter(json, *body.target->filter);
    } else if (!body.target->plate.empty()) {
      json.Key("plate").String(body.target->plate);
    } else {
      json.Key("sighting_ids").BeginArray();
      for (const SightingId& id : body.target->sightings) json.String(id.ToString());
      json.EndArray();
    }
    json.EndObject();
  }
  if (body.time.from != kMinTimestamp) json.Key("from").Time(body.time.from);
  if (body.time.to != kMaxTimestamp) json.Key("to").Time(body.time.to);
  json.Key("within_s").Uint(body.within_s);
  json.Key("min_cameras").Uint(body.min_cameras);
  if (body.limit) json.Key("limit").Uint(*body.limit);
  if (body.as_of) json.Key("as_of").Uint(*body.as_of);
  json.EndObject();
  return text;
}

}  // namespace sightline::api
