#include "api/filter_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "api/filter_json.h"
#include "api/geojson_reader.h"
#include "core/plate.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxCameras = 10'000;
constexpr size_t kMaxCameraIdBytes = 128;
constexpr size_t kMaxConditions = 64;
constexpr size_t kMaxValues = 1'000;
constexpr size_t kMaxAttributeBytes = 256;
constexpr double kMaxRadiusMeters = 20'040'000;  // from anywhere to anywhere

// A null in a filter is a mistake: taken for "left out" it would widen the question unasked.
constexpr NullMeaning kNoNulls = NullMeaning::kMistake;

Result<Interval> ReadInterval(Json value, const JsonPath& path) {
  static constexpr std::string_view kMembers[] = {"from", "to"};
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  Interval interval;
  SIGHTLINE_RETURN_IF_ERROR(
      ReadMembers(object, path, kMembers, kNoNulls,
                  [&](size_t member, Json time, const JsonPath& here) -> Status {
                    SIGHTLINE_ASSIGN((member == 0 ? interval.from : interval.to),
                                     ReadTime(time, here, /*end_of_interval=*/member == 1));
                    return Ok();
                  }));
  if (interval.from > interval.to) return BadValue(path, "must not end before it begins");
  return interval;
}

Result<std::string> ReadPlatePattern(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path, {1, 1024}));
  Result<std::string> pattern = NormalizePlatePattern(text);
  if (!pattern)
    return BadValue(path, fmt::format("is no plate pattern: {}", pattern.error().message));
  // An empty pattern means "any" inside; the client that sent only blanks did not ask for that.
  if (pattern->empty()) return BadValue(path, "holds no letters, digits or wildcards");
  return pattern;
}

Result<std::vector<std::string>> ReadCameraIds(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const JsonArray array, ReadArray(value, path));
  if (array.size() > kMaxCameras) {
    return BadValue(path, fmt::format("has {} elements; at most {} are allowed", array.size(),
                                      kMaxCameras));
  }
  std::vector<std::string> ids;
  ids.reserve(array.size());
  for (const Json element : array) {
    SIGHTLINE_ASSIGN(const std::string_view id,
                     ReadText(element, JsonPath(path, ids.size()), {1, kMaxCameraIdBytes}));
    ids.emplace_back(id);
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Result<double> ReadRadius(Json value, const JsonPath& path) {
  constexpr double kAnyNumber = std::numeric_limits<double>::max();
  SIGHTLINE_ASSIGN(const double radius, ReadNumber(value, path, -kAnyNumber, kAnyNumber));
  if (radius > 0 && radius <= kMaxRadiusMeters) return radius;
  return BadValue(path, fmt::format("must be more than 0 and at most {}, not {}",
                                    kMaxRadiusMeters, radius));
}

Result<Circle> ReadCircle(Json value, const JsonPath& path) {
  static constexpr std::string_view kMembers[] = {"lon", "lat", "radius_m"};
  static constexpr double kBounds[] = {180, 90};
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  double numbers[3] = {};
  const auto read = [&](size_t member, Json number, const JsonPath& here) -> Status {
    if (member == 2) {
      SIGHTLINE_ASSIGN(numbers[member], ReadRadius(number, here));
    } else {
      SIGHTLINE_ASSIGN(numbers[member],
                       ReadNumber(number, here, -kBounds[member], kBounds[member]));
    }
    return Ok();
  };
  SIGHTLINE_ASSIGN(const uint32_t seen, ReadMembers(object, path, kMembers, kNoNulls, read));
  for (size_t member = 0; member < 3; ++member) {
    if (!(seen & (1u << member))) return BadValue(JsonPath(path, kMembers[member]), "is missing");
  }
  return Circle{{numbers[0], numbers[1]}, {numbers[2]}};
}

Result<AttributeValue> ReadValue(Json value, const JsonPath& path) {
  switch (value.type()) {
    case simdjson::dom::element_type::STRING: {
      SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path, {0, kMaxAttributeBytes}));
      return AttributeValue(std::in_place_type<std::string>, text);
    }
    case simdjson::dom::element_type::INT64: return AttributeValue(int64_t{value});
    case simdjson::dom::element_type::DOUBLE: return AttributeValue(double{value});
    case simdjson::dom::element_type::BOOL: return AttributeValue(bool{value});
    default: return BadValue(path, "must be a string, a number or a boolean, or a list of these");
  }
}

Result<AttributeCondition> ReadCondition(std::string_view name, Json value, const JsonPath& path) {
  SIGHTLINE_RETURN_IF_ERROR(CheckText(name, path, {1, kMaxAttributeBytes}));
  AttributeCondition condition{std::string(name), {}};
  JsonArray list;
  if (value.get(list) != simdjson::SUCCESS) {
    SIGHTLINE_ASSIGN(AttributeValue single, ReadValue(value, path));
    condition.any_of.push_back(std::move(single));
    return condition;
  }
  if (list.size() == 0 || list.size() > kMaxValues) {
    return BadValue(path, fmt::format("must list 1 to {} values", kMaxValues));
  }
  for (const Json element : list) {
    SIGHTLINE_ASSIGN(AttributeValue one,
                     ReadValue(element, JsonPath(path, condition.any_of.size())));
    condition.any_of.push_back(std::move(one));
  }
  return condition;
}

Result<std::vector<AttributeCondition>> ReadConditions(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  if (object.size() > kMaxConditions) {
    return BadValue(path, fmt::format("has {} members; at most {} are allowed", object.size(),
                                      kMaxConditions));
  }
  std::vector<AttributeCondition> conditions;
  for (const auto [name, member] : object) {
    SIGHTLINE_ASSIGN(AttributeCondition condition,
                     ReadCondition(name, member, JsonPath(path, name)));
    conditions.push_back(std::move(condition));
  }
  std::ranges::sort(conditions, {}, &AttributeCondition::name);
  const auto repeated = std::ranges::adjacent_find(conditions, {}, &AttributeCondition::name);
  if (repeated != conditions.end()) return RepeatedMember(JsonPath(path, repeated->name));
  return conditions;
}

Result<PlateLike> ReadPlateLike(Json value, const JsonPath& path) {
  static constexpr std::string_view kMembers[] = {"text", "max_distance"};
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  PlateLike like;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    if (member == 1) {
      SIGHTLINE_ASSIGN(const int64_t distance, ReadInteger(part, here, 0, kMaxPlateDistance));
      like.max_distance = static_cast<int>(distance);
      return Ok();
    }
    SIGHTLINE_ASSIGN(const std::string_view text, ReadText(part, here, {1, 1024}));
    Result<std::string> normal = NormalizePlateLike(text);
    if (!normal) return BadValue(here, normal.error().message);
    like.text = *std::move(normal);
    return Ok();
  };
  SIGHTLINE_ASSIGN(const uint32_t seen, ReadMembers(object, path, kMembers, kNoNulls, read));
  if (!(seen & 1u)) return BadValue(JsonPath(path, kMembers[0]), "is missing");
  return like;
}

}  // namespace

Result<Filter> ReadFilter(Json value, const JsonPath& path) {
  static constexpr std::string_view kMembers[] = {"time", "plate", "plate_like", "cameras",
                                                  "area", "near",  "attributes"};
  enum Member : size_t { kTime, kPlate, kPlateLike, kCameras, kArea, kNear, kAttributes };
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  Filter filter;
  SIGHTLINE_RETURN_IF_ERROR(
      ReadMembers(object, path, kMembers, kNoNulls,
                  [&](size_t member, Json part, const JsonPath& here) -> Status {
                    switch (member) {
                      case kTime: {
                        SIGHTLINE_ASSIGN(filter.time, ReadInterval(part, here));
                        return Ok();
                      }
                      case kPlate: {
                        SIGHTLINE_ASSIGN(filter.plate_pattern, ReadPlatePattern(part, here));
                        return Ok();
                      }
                      case kPlateLike: {
                        SIGHTLINE_ASSIGN(filter.plate_like, ReadPlateLike(part, here));
                        return Ok();
                      }
                      case kCameras: {
                        SIGHTLINE_ASSIGN(filter.cameras, ReadCameraIds(part, here));
                        return Ok();
                      }
                      case kArea: {
                        SIGHTLINE_ASSIGN(filter.area, ReadArea(part, here));
                        return Ok();
                      }
                      case kNear: {
                        SIGHTLINE_ASSIGN(filter.near, ReadCircle(part, here));
                        return Ok();
                      }
                      default: {
                        SIGHTLINE_ASSIGN(filter.attributes, ReadConditions(part, here));
                        return Ok();
                      }
                    }
                  }));
  return filter;
}

Result<std::string> NormalizePlateLike(std::string_view text) {
  Result<std::string> normal = NormalizePlatePattern(text);
  if (!normal) return InvalidArgument("is no plate: " + normal.error().message);
  if (normal->find_first_of("*\\") != std::string::npos) {
    return InvalidArgument("takes '?' for one unknown character, but no '*' and no '\\'");
  }
  if (normal->empty()) return InvalidArgument("holds no letters, digits or '?'");
  if (normal->size() > kMaxPlateBytes) {
    return InvalidArgument(fmt::format("has {} bytes after normalising; at most {} are allowed",
                                       normal->size(), kMaxPlateBytes));
  }
  return normal;
}

Result<Filter> ParseFilter(std::string_view json, std::string_view pointer) {
  JsonDocument document;
  const JsonPath path(pointer);
  Result<Json> value = document.Parse(json);
  if (!value) return InvalidArgument(value.error().message, std::string(pointer));
  return ReadFilter(*value, path);
}

}  // namespace sightline::api
