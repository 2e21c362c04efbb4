#include "api/habits_json.h"

#include <fmt/format.h>

#include <utility>

#include "api/filter_json.h"
#include "api/filter_reader.h"
#include "api/json_reader.h"
#include "api/json_writer.h"
#include "api/parameters.h"
#include "api/question_members.h"

namespace sightline::api {
namespace {

constexpr NullMeaning kNoNulls = NullMeaning::kMistake;

Result<uint32_t> ReadCount(Json value, const JsonPath& path, uint32_t min = 1,
                           uint32_t max = kMaxHabitCount) {
  SIGHTLINE_ASSIGN(const int64_t number, ReadInteger(value, path, min, max));
  return static_cast<uint32_t>(number);
}

Result<int> ReadHour(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const int64_t hour, ReadInteger(value, path, 0, 23));
  return static_cast<int>(hour);
}

Result<size_t> ReadLimit(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const int64_t limit, ReadInteger(value, path, 1, kMaxLimit));
  return static_cast<size_t>(limit);
}

// true, false, or an object with members for the trait, which then is there.
template <typename Trait, typename Read, size_t N>
Result<std::optional<Trait>> ReadTrait(Json value, const JsonPath& path,
                                       const std::string_view (&names)[N], Read read) {
  bool wanted = false;
  if (value.get(wanted) == simdjson::SUCCESS) {
    return wanted ? std::optional(Trait{}) : std::nullopt;
  }
  if (!value.is_object()) return BadValue(path, "must be true or an object");
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  Trait trait;
  const auto read_member = [&](size_t member, Json part, const JsonPath& here) -> Status {
    return read(trait, member, part, here);
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadMembers(object, path, names, kNoNulls, read_member));
  return std::optional(trait);
}

Result<std::optional<HabitsBody::NightOnly>> ReadNightOnly(Json value, const JsonPath& path) {
  static constexpr std::string_view kNames[] = {"min_share", "min_nights"};
  return ReadTrait<HabitsBody::NightOnly>(
      value, path, kNames,
      [](HabitsBody::NightOnly& trait, size_t member, Json part, const JsonPath& here) -> Status {
        if (member == 0) {
          SIGHTLINE_ASSIGN(trait.min_share, ReadNumber(part, here, 0, 1));
        } else {
          SIGHTLINE_ASSIGN(trait.min_nights, ReadCount(part, here));
        }
        return Ok();
      });
}

Result<std::optional<HabitsBody::Frequent>> ReadFrequent(Json value, const JsonPath& path) {
  static constexpr std::string_view kNames[] = {"min_passes", "min_days"};
  return ReadTrait<HabitsBody::Frequent>(
      value, path, kNames,
      [](HabitsBody::Frequent& trait, size_t member, Json part, const JsonPath& here) -> Status {
        SIGHTLINE_ASSIGN((member == 0 ? trait.min_passes : trait.min_days),
                         ReadCount(part, here));
        return Ok();
      });
}

constexpr std::string_view kHabitsMembers[] = {
    "filter",      "night_only",      "frequent",      "first_seen", "min_readings",
    "min_cameras", "night_from_hour", "night_to_hour", "tz",         "job",
    "limit",       "page_token",      "as_of"};
enum HabitsMember : size_t {
  kFilter,
  kNightOnly,
  kFrequent,
  kFirstSeen,
  kMinReadings,
  kMinCameras,
  kNightFrom,
  kNightTo,
  kZone,
  kJob,
  kLimit,
  kPageToken,
  kAsOf,
};

Status ReadHabitsMember(size_t member, Json part, const JsonPath& here, HabitsBody& body) {
  switch (member) {
    case kFilter: {
      SIGHTLINE_ASSIGN(body.filter, ReadFilter(part, here));
      return Ok();
    }
    case kNightOnly: {
      SIGHTLINE_ASSIGN(body.night_only, ReadNightOnly(part, here));
      return Ok();
    }
    case kFrequent: {
      SIGHTLINE_ASSIGN(body.frequent, ReadFrequent(part, here));
      return Ok();
    }
    case kFirstSeen: {
      SIGHTLINE_ASSIGN(body.first_seen, ReadBool(part, here));
      return Ok();
    }
    case kMinReadings: {
      SIGHTLINE_ASSIGN(body.min_readings, ReadCount(part, here));
      return Ok();
    }
    case kMinCameras: {
      SIGHTLINE_ASSIGN(body.min_cameras, ReadCount(part, here));
      return Ok();
    }
    case kNightFrom: {
      SIGHTLINE_ASSIGN(body.night_from_hour, ReadHour(part, here));
      return Ok();
    }
    case kNightTo: {
      SIGHTLINE_ASSIGN(body.night_to_hour, ReadHour(part, here));
      return Ok();
    }
    case kZone: {
      SIGHTLINE_ASSIGN(body.time_zone, ReadTimeZone(part, here));
      return Ok();
    }
    case kJob: {
      SIGHTLINE_ASSIGN(body.as_job, ReadBool(part, here));
      return Ok();
    }
    case kLimit: {
      SIGHTLINE_ASSIGN(body.limit, ReadLimit(part, here));
      return Ok();
    }
    case kPageToken: {
      SIGHTLINE_ASSIGN(body.page_token, ReadPageToken(part, here));
      return Ok();
    }
    default: {
      SIGHTLINE_ASSIGN(body.as_of, ReadAsOf(part, here));
      return Ok();
    }
  }
}

Result<std::vector<Filter>> ReadVisits(Json value, const JsonPath& path) {
  static constexpr std::string_view kNames[] = {"filter"};
  SIGHTLINE_ASSIGN(const JsonArray array, ReadArray(value, path));
  if (array.size() < 2 || array.size() > kMaxVisits) {
    return BadValue(path, fmt::format("must have 2 to {} visits", kMaxVisits));
  }
  std::vector<Filter> visits;
  for (const Json element : array) {
    const JsonPath here(path, visits.size());
    SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(element, here));
    Filter& filter = visits.emplace_back();
    const auto read = [&](size_t, Json part, const JsonPath& at) -> Status {
      SIGHTLINE_ASSIGN(filter, ReadFilter(part, at));
      return Ok();
    };
    SIGHTLINE_ASSIGN(const uint32_t seen, ReadMembers(object, here, kNames, kNoNulls, read));
    if (seen == 0) return BadValue(JsonPath(here, kNames[0]), "is missing");
  }
  return visits;
}

}  // namespace

Result<HabitsBody> ParseHabits(std::string_view json) {
  const JsonPath root;
  HabitsBody body;
  const auto read = [&](size_t member, Json part, const JsonPath& here) {
    return ReadHabitsMember(member, part, here, body);
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadDocument(json, kHabitsMembers, kNoNulls, read));
  if (!body.night_only && !body.frequent && !body.first_seen) {
    return BadValue(root, "asks for no habit: give night_only, frequent or first_seen");
  }
  if (body.as_job && !body.page_token.empty()) {
    return BadValue(JsonPath(root, kHabitsMembers[kPageToken]), "has no place in a job");
  }
  return body;
}

std::string WriteHabits(const HabitsBody& body) {
  std::string text;
  {
    JsonWriter json(text);
    json.BeginObject().Key("filter");
    WriteFilter(json, body.filter);
    if (body.night_only) {
      json.Key("night_only").BeginObject();
      json.Key("min_share").Double(body.night_only->min_share);
      json.Key("min_nights").Uint(body.night_only->min_nights).EndObject();
    }
    if (body.frequent) {
      json.Key("frequent").BeginObject();
      json.Key("min_passes").Uint(body.frequent->min_passes);
      json.Key("min_days").Uint(body.frequent->min_days).EndObject();
    }
    if (body.first_seen) json.Key("first_seen").Bool(true);
    json.Key("min_readings").Uint(body.min_readings);
    json.Key("min_cameras").Uint(body.min_cameras);
    json.Key("night_from_hour").Int(body.night_from_hour);
    json.Key("night_to_hour").Int(body.night_to_hour);
    if (!body.time_zone.empty()) json.Key("tz").String(body.time_zone);
    if (body.as_job && body.limit) json.Key("limit").Uint(*body.limit);
    if (body.as_job && body.as_of) json.Key("as_of").Uint(*body.as_of);
    json.EndObject();
  }
  return text;
}

Result<CommonPlatesBody> ParseCommonPlates(std::string_view json) {
  static constexpr std::string_view kNames[] = {
      "visits", "min_visits", "tz", "limit", "page_token", "as_of", "merge_misreads"};
  const JsonPath root;
  CommonPlatesBody body;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    switch (member) {
      case 0: {
        SIGHTLINE_ASSIGN(body.visits, ReadVisits(part, here));
        return Ok();
      }
      case 1: {
        SIGHTLINE_ASSIGN(body.min_visits, ReadCount(part, here, 2, kMaxVisits));
        return Ok();
      }
      case 2: {
        SIGHTLINE_ASSIGN(body.time_zone, ReadTimeZone(part, here));
        return Ok();
      }
      case 3: {
        SIGHTLINE_ASSIGN(body.limit, ReadLimit(part, here));
        return Ok();
      }
      case 4: {
        SIGHTLINE_ASSIGN(body.page_token, ReadPageToken(part, here));
        return Ok();
      }
      case 5: {
        SIGHTLINE_ASSIGN(body.as_of, ReadAsOf(part, here));
        return Ok();
      }
      default: {
        SIGHTLINE_ASSIGN(body.merge_misreads, ReadBool(part, here));
        return Ok();
      }
    }
  };
  SIGHTLINE_ASSIGN(const uint32_t seen, ReadDocument(json, kNames, kNoNulls, read));
  if (!(seen & 1u)) return BadValue(JsonPath(root, kNames[0]), "is missing");
  if (body.min_visits > body.visits.size()) {
    return BadValue(JsonPath(root, kNames[1]), "is more than there are visits");
  }
  return body;
}

std::string WriteCommonPlates(const CommonPlatesBody& body) {
  std::string text;
  {
    JsonWriter json(text);
    json.BeginObject().Key("visits").BeginArray();
    for (const Filter& visit : body.visits) {
      json.BeginObject().Key("filter");
      WriteFilter(json, visit);
      json.EndObject();
    }
    json.EndArray().Key("min_visits").Uint(body.min_visits);
    if (!body.merge_misreads) json.Key("merge_misreads").Bool(false);
    if (!body.time_zone.empty()) json.Key("tz").String(body.time_zone);
    json.EndObject();
  }
  return text;
}

}  // namespace sightline::api
