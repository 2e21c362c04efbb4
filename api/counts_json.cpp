#include "api/counts_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/filter_parameters.h"
#include "api/filter_reader.h"
#include "api/json_reader.h"
#include "api/parameters.h"
#include "api/question_members.h"

namespace sightline::api {
namespace {

constexpr std::string_view kAttributePrefix = "attributes.";

using Kind = CountKey::Kind;

struct KeyName {
  std::string_view name;
  CountKey key;
};

const KeyName kKeyNames[] = {
    {"camera_id", {Kind::kCamera, {}, {}}},
    {"plate", {Kind::kPlate, {}, {}}},
    {"plate_color", {Kind::kPlateColor, {}, {}}},
    {"minute", {Kind::kTime, {}, TimeUnit::kMinute}},
    {"hour", {Kind::kTime, {}, TimeUnit::kHour}},
    {"day", {Kind::kTime, {}, TimeUnit::kDay}},
    {"week", {Kind::kTime, {}, TimeUnit::kWeek}},
    {"hour_of_day", {Kind::kTime, {}, TimeUnit::kHourOfDay}},
    {"weekday", {Kind::kTime, {}, TimeUnit::kWeekday}},
    {"hour_class", {Kind::kTime, {}, TimeUnit::kHourClass}},
};

// Appends the key; kInvalidArgument without field, a message that begins with a verb.
Status AddKey(std::string_view name, std::vector<NamedCountKey>& keys) {
  SIGHTLINE_ASSIGN(NamedCountKey key, ParseCountKey(name));
  if (std::ranges::find(keys, key.key, &NamedCountKey::key) != keys.end()) {
    return InvalidArgument(fmt::format("names {} twice", Quoted(name)));
  }
  if (keys.size() == kMaxCountKeys) {
    return InvalidArgument(fmt::format("has too many keys; at most {} are allowed", kMaxCountKeys));
  }
  keys.push_back(std::move(key));
  return Ok();
}

Result<bool> ParseFlag(std::string_view text, std::string_view name) {
  if (text == "true" || text == "false") return text == "true";
  return InvalidArgument(fmt::format("{} must be true or false, not {}", name, Quoted(text)),
                         std::string(name));
}

}  // namespace

Result<NamedCountKey> ParseCountKey(std::string_view name) {
  const auto* known = std::ranges::find(kKeyNames, name, &KeyName::name);
  if (known != std::end(kKeyNames)) return NamedCountKey{std::string(name), known->key};
  if (name == "count" || name == "distinct_plates") {
    return InvalidArgument(fmt::format("names {0}, which the rows bear themselves; an attribute of "
                                       "that name is written attributes.{0}",
                                       name));
  }
  std::string_view attribute = name;
  if (attribute.starts_with(kAttributePrefix)) attribute.remove_prefix(kAttributePrefix.size());
  if (attribute.empty() || attribute.size() > kMaxKeyNameBytes) {
    return InvalidArgument(fmt::format("holds {}, which names nothing", Quoted(name)));
  }
  return NamedCountKey{std::string(name), {Kind::kAttribute, std::string(attribute), {}}};
}

Result<CountsBody> ParseCounts(std::string_view json) {
  static constexpr std::string_view kMembers[] = {"filter", "group_by", "tz",
                                                  "fill",   "max_rows", "as_of"};
  enum Member : size_t { kFilter, kGroupBy, kTimeZone, kFill, kMaxRows, kAsOf };
  CountsBody body;
  const auto add_key = [&](std::string_view name) { return AddKey(name, body.group_by); };
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    switch (member) {
      case kFilter: {
        SIGHTLINE_ASSIGN(body.filter, ReadFilter(part, here));
        return Ok();
      }
      case kGroupBy:
        return ReadGroupBy(part, here, add_key);
      case kTimeZone: {
        SIGHTLINE_ASSIGN(body.time_zone, ReadTimeZone(part, here));
        return Ok();
      }
      case kFill: {
        SIGHTLINE_ASSIGN(body.fills, ReadBool(part, here));
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
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadDocument(json, kMembers, NullMeaning::kMistake, read));
  return body;
}

Result<CountsBody> ParseCountParameters(
    std::span<const std::pair<std::string, std::string>> parameters) {
  static constexpr std::string_view kRepeatable[] = {"group_by", "cameras"};
  SIGHTLINE_RETURN_IF_ERROR(RequireOnce(parameters, kRepeatable));
  CountsBody body;
  SIGHTLINE_ASSIGN(body.filter, ParseFilterParameters(parameters));
  for (const auto& [name, value] : parameters) {
    if (name == "group_by") {
      SIGHTLINE_RETURN_IF_ERROR(ReadGroupByParameter(
          value, [&](std::string_view key) { return AddKey(key, body.group_by); }));
    } else if (name == "tz") {
      SIGHTLINE_RETURN_IF_ERROR(CheckText(value, JsonPath("tz"), {1, kMaxTimeZoneBytes}));
      body.time_zone = value;
    } else if (name == "fill") {
      SIGHTLINE_ASSIGN(body.fills, ParseFlag(value, name));
    } else if (name == "max_rows") {
      SIGHTLINE_ASSIGN(body.max_rows, ParseUintParameter(value, name, 1, kMaxCountRows));
    } else if (name == "as_of") {
      SIGHTLINE_ASSIGN(body.as_of, ParseUintParameter(value, name, 0, kMaxSequence));
    } else if (!IsFilterParameter(name) && name != "format") {
      return InvalidArgument(fmt::format("there is no parameter {}", Quoted(name)), name);
    }
  }
  return body;
}

}  // namespace sightline::api
