#include "api/filter_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "api/canonical_json.h"
#include "api/filter_json.h"
#include "api/json_reader.h"
#include "api/json_writer.h"
#include "api/parameters.h"

namespace sightline::api {
namespace {

constexpr std::string_view kNames[] = {"filter", "from",    "to",   "plate", "plate_like",
                                       "max_distance", "cameras", "near", "area"};
constexpr std::string_view kAttributePrefix = "attributes.";
constexpr size_t kMaxListBytes = 65'536;

using Parameters = std::span<const std::pair<std::string, std::string>>;

std::optional<double> ParseNumber(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || last != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> parts;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(',', start), text.size());
    parts.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

// A value may have been stored as text, as a number or as a boolean: all that it reads as are
// meant.
void WriteValues(JsonWriter& json, std::string_view list) {
  json.BeginArray();
  for (const std::string& text : SplitAtCommas(list)) {
    json.String(text);
    int64_t whole = 0;
    const char* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, whole);
    if (text == "true" || text == "false") {
      json.Bool(text == "true");
    } else if (error == std::errc() && last == end) {
      json.Int(whole);
    } else if (const auto number = ParseNumber(text)) {
      json.Double(*number);
    }
  }
  json.EndArray();
}

Status WriteNear(JsonWriter& json, std::string_view text) {
  static constexpr std::string_view kMembers[] = {"lon", "lat", "radius_m"};
  const std::vector<std::string> parts = SplitAtCommas(text);
  if (parts.size() != std::size(kMembers)) {
    return InvalidArgument("near is LON,LAT,RADIUS in degrees and metres: 116.31,39.98,800",
                           "near");
  }
  json.BeginObject();
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto number = ParseNumber(parts[i]);
    if (!number) {
      return InvalidArgument(fmt::format("near holds {}, which is no number", Quoted(parts[i])),
                             "near");
    }
    json.Key(kMembers[i]).Double(*number);
  }
  json.EndObject();
  return Ok();
}

// One member of a filter object, written for ParseFilter.
Status WriteMember(JsonWriter& json, std::string_view name, std::string_view value,
                   std::string_view max_distance) {
  if (name == "plate") {
    json.Key("plate").String(value);
  } else if (name == "plate_like") {
    json.Key("plate_like").BeginObject().Key("text").String(value);
    if (!max_distance.empty()) {
      SIGHTLINE_ASSIGN(const uint64_t distance, ParseUintParameter(max_distance, "max_distance", 0,
                                                                   kMaxPlateDistance));
      json.Key("max_distance").Uint(distance);
    }
    json.EndObject();
  } else if (name == "near") {
    json.Key("near");
    return WriteNear(json, value);
  } else if (name == "area") {
    const Result<std::string> area = CanonicalJson(value);
    if (!area) return InvalidArgument("area is no GeoJSON: " + area.error().message, "area");
    json.Key("area").Raw(*area);
  }
  return Ok();
}

// From where ParseFilter met a mistake to the parameter that it came from.
std::string ParameterOf(std::string_view pointer) {
  if (pointer.empty()) return {};
  pointer.remove_prefix(1);
  if (pointer.starts_with("attributes/")) {
    pointer.remove_prefix(std::string_view("attributes/").size());
    return std::string(kAttributePrefix) + std::string(pointer.substr(0, pointer.find('/')));
  }
  return std::string(pointer.substr(0, pointer.find('/')));
}

// Moves what `part` has into `filter`, which must not have it.
template <typename Member>
Status Join(Member& filter, Member& part, const Member& none, std::string_view name) {
  if (part == none) return Ok();
  if (filter != none) {
    return InvalidArgument(fmt::format("{} is given twice: by itself and in filter", name),
                           std::string(name));
  }
  filter = std::move(part);
  return Ok();
}

Status JoinFilters(Filter& filter, Filter part) {
  const Filter none;
  SIGHTLINE_RETURN_IF_ERROR(Join(filter.time.from, part.time.from, none.time.from, "from"));
  SIGHTLINE_RETURN_IF_ERROR(Join(filter.time.to, part.time.to, none.time.to, "to"));
  SIGHTLINE_RETURN_IF_ERROR(
      Join(filter.plate_pattern, part.plate_pattern, none.plate_pattern, "plate"));
  SIGHTLINE_RETURN_IF_ERROR(
      Join(filter.plate_like, part.plate_like, none.plate_like, "plate_like"));
  SIGHTLINE_RETURN_IF_ERROR(Join(filter.cameras, part.cameras, none.cameras, "cameras"));
  SIGHTLINE_RETURN_IF_ERROR(Join(filter.area, part.area, none.area, "area"));
  SIGHTLINE_RETURN_IF_ERROR(Join(filter.near, part.near, none.near, "near"));
  for (AttributeCondition& condition : part.attributes) {
    if (std::ranges::find(filter.attributes, condition.name, &AttributeCondition::name) !=
        filter.attributes.end()) {
      const std::string name = std::string(kAttributePrefix) + condition.name;
      return InvalidArgument(fmt::format("{} is given twice: by itself and in filter", name), name);
    }
    filter.attributes.push_back(std::move(condition));
  }
  std::ranges::sort(filter.attributes, {}, &AttributeCondition::name);
  return Ok();
}

// The parameters beside `filter`.
Result<Filter> ReadMembers(Parameters parameters) {
  std::string_view max_distance;
  bool has_like = false;
  for (const auto& [name, value] : parameters) {
    if (name == "max_distance") max_distance = value;
    if (name == "plate_like") has_like = true;
  }
  if (!max_distance.empty() && !has_like) {
    return InvalidArgument("max_distance says how near plate_like is meant; plate_like is missing",
                           "max_distance");
  }
  Interval time;
  std::vector<std::string> cameras;
  bool has_cameras = false;
  std::string text;
  {
    JsonWriter json(text);
    json.BeginObject();
    for (const auto& [name, value] : parameters) {
      if (name == "from") {
        SIGHTLINE_ASSIGN(time.from, ParseTimeParameter(value, name));
      } else if (name == "to") {
        SIGHTLINE_ASSIGN(time.to, ParseTimeParameter(value, name));
      } else if (name == "cameras") {
        SIGHTLINE_ASSIGN(const std::vector<std::string> ids, ParseListParameter(value, name));
        cameras.insert(cameras.end(), ids.begin(), ids.end());
        has_cameras = true;
      } else {
        SIGHTLINE_RETURN_IF_ERROR(WriteMember(json, name, value, max_distance));
      }
    }
    if (has_cameras) {
      json.Key("cameras").BeginArray();
      for (const std::string& id : cameras) json.String(id);
      json.EndArray();
    }
    json.Key("attributes").BeginObject();
    for (const auto& [name, value] : parameters) {
      if (!name.starts_with(kAttributePrefix)) continue;
      json.Key(std::string_view(name).substr(kAttributePrefix.size()));
      WriteValues(json, value);
    }
    json.EndObject().EndObject();
  }
  Result<Filter> filter = ParseFilter(text, "");
  if (!filter) return InvalidArgument(filter.error().message, ParameterOf(filter.error().field));
  if (time.from > time.to) return InvalidArgument("from lies after to", "from");
  filter->time = time;
  return filter;
}

}  // namespace

bool IsFilterParameter(std::string_view name) {
  return name.starts_with(kAttributePrefix) ||
         std::ranges::find(kNames, name) != std::end(kNames);
}

Result<Filter> ParseFilterParameters(Parameters parameters) {
  Filter filter;
  for (const auto& [name, value] : parameters) {
    if (name != "filter") continue;
    SIGHTLINE_ASSIGN(filter, ParseFilter(value, "filter"));
  }
  SIGHTLINE_ASSIGN(Filter part, ReadMembers(parameters));
  SIGHTLINE_RETURN_IF_ERROR(JoinFilters(filter, std::move(part)));
  if (filter.time.from > filter.time.to) return InvalidArgument("from lies after to", "from");
  return filter;
}

Result<std::vector<std::string>> ParseListParameter(std::string_view text, std::string_view name) {
  if (!text.starts_with('[')) return SplitAtCommas(text);
  JsonDocument document;
  const Result<Json> value = document.Parse(text);
  if (!value) return InvalidArgument(value.error().message, std::string(name));
  const JsonPath path(name);
  SIGHTLINE_ASSIGN(const JsonArray array, ReadArray(*value, path));
  std::vector<std::string> elements;
  for (const Json element : array) {
    SIGHTLINE_ASSIGN(const std::string_view one,
                     ReadText(element, JsonPath(path, elements.size()), {0, kMaxListBytes}));
    elements.emplace_back(one);
  }
  return elements;
}

Status RequireOnce(Parameters parameters, std::span<const std::string_view> repeatable) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters[i].first;
    if (std::ranges::find(repeatable, name) != repeatable.end()) continue;
    for (size_t other = 0; other < i; ++other) {
      if (parameters[other].first == name) {
        return InvalidArgument(fmt::format("the parameter {} is given twice", Quoted(name)), name);
      }
    }
  }
  return Ok();
}

}  // namespace sightline::api
