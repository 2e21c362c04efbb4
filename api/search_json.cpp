#include "api/search_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "api/geojson_reader.h"
#include "api/json_reader.h"
#include "api/json_writer.h"
#include "core/plate.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxCameras = 10'000;
constexpr size_t kMaxCameraIdBytes = 128;
constexpr size_t kMaxConditions = 64;
constexpr size_t kMaxValues = 1'000;
constexpr size_t kMaxAttributeBytes = 256;
constexpr double kMaxRadiusMeters = 20'040'000;  // from anywhere to anywhere
constexpr size_t kMaxPageTokenBytes = 4096;

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

Error NotAnsweredYet(const JsonPath& path) {
  return {ErrorCode::kUnacceptable,
          fmt::format("{} is not answered by this version of the server", path.Name()),
          path.Pointer()};
}

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
                      case kPlateLike: return NotAnsweredYet(here);
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

Result<TimeOrder> ReadOrder(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path, {0, 64}));
  if (text == "time_desc") return TimeOrder::kDescending;
  if (text == "time_asc") return TimeOrder::kAscending;
  if (text == "relevance") {
    return Error{ErrorCode::kUnacceptable,
                 "order 'relevance' needs a question that ranks its answers; this one does not",
                 path.Pointer()};
  }
  return BadValue(path, fmt::format("must be 'time_desc' or 'time_asc', not {}", Quoted(text)));
}

}  // namespace

Result<SearchSightingsBody> ParseSearchSightings(std::string_view json) {
  static constexpr std::string_view kMembers[] = {"filter",     "order",   "limit",
                                                  "page_token", "explain", "as_of"};
  enum Member : size_t { kFilter, kOrder, kLimit, kPageToken, kExplain, kAsOf };
  JsonDocument document;
  const JsonPath root;
  SIGHTLINE_ASSIGN(const Json value, document.Parse(json));
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, root));
  SearchSightingsBody body;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    switch (member) {
      case kFilter: {
        SIGHTLINE_ASSIGN(body.filter, ReadFilter(part, here));
        return Ok();
      }
      case kOrder: {
        SIGHTLINE_ASSIGN(body.order, ReadOrder(part, here));
        return Ok();
      }
      case kLimit: {
        SIGHTLINE_ASSIGN(const int64_t limit, ReadInteger(part, here, 1, kMaxLimit));
        body.limit = static_cast<size_t>(limit);
        body.limit_given = true;
        return Ok();
      }
      case kPageToken: {
        SIGHTLINE_ASSIGN(body.page_token, ReadText(part, here, {1, kMaxPageTokenBytes}));
        return Ok();
      }
      case kExplain: {
        SIGHTLINE_ASSIGN(body.explain, ReadBool(part, here));
        return Ok();
      }
      default: {
        SIGHTLINE_ASSIGN(const int64_t as_of,
                         ReadInteger(part, here, 0, std::numeric_limits<int64_t>::max()));
        body.as_of = static_cast<Sequence>(as_of);
        return Ok();
      }
    }
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadMembers(object, root, kMembers, kNoNulls, read));
  return body;
}

Result<Filter> ParseFilter(std::string_view json, std::string_view pointer) {
  JsonDocument document;
  const JsonPath path(pointer);
  Result<Json> value = document.Parse(json);
  if (!value) return InvalidArgument(value.error().message, std::string(pointer));
  return ReadFilter(*value, path);
}

namespace {

// Whether `text` is a time but for the '+' of its offset, which a query's decoding made a blank.
bool LostItsPlus(std::string_view text) {
  const size_t blank = text.rfind(' ');
  if (blank == std::string_view::npos) return false;
  std::string mended(text);
  mended[blank] = '+';
  return ParseRfc3339(mended).has_value();
}

}  // namespace

Result<TimestampMs> ParseTimeParameter(std::string_view text, std::string_view name) {
  int64_t milliseconds = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  const bool whole_number = code == std::errc() && end == text.data() + text.size();
  const Result<TimestampMs> time =
      whole_number ? Result<TimestampMs>(TimestampMs{milliseconds}) : ParseRfc3339(text);
  if (!time && LostItsPlus(text)) {
    return InvalidArgument(
        fmt::format("{} is no time: the + before its offset arrived as a blank, which is what + "
                    "means in a query; write it as %2B",
                    name),
        std::string(name));
  }
  if (!time) {
    return InvalidArgument(fmt::format("{} is no time: {} or whole milliseconds since 1970", name,
                                       time.error().message),
                           std::string(name));
  }
  if (*time < kMinTimestamp || *time > kMaxTimestamp) {
    return InvalidArgument(
        fmt::format("{} lies outside 1970-01-01 to 2149-06-06, the times that can be stored", name),
        std::string(name));
  }
  return time;
}

Result<uint64_t> ParseUintParameter(std::string_view text, std::string_view name, uint64_t min,
                                    uint64_t max) {
  uint64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code == std::errc::invalid_argument || end != text.data() + text.size()) {
    return InvalidArgument(fmt::format("{} must be a whole number from {} to {}, written in digits "
                                       "alone, not {}",
                                       name, min, max, Quoted(text)),
                           std::string(name));
  }
  if (code != std::errc() || number < min || number > max) {
    return InvalidArgument(
        fmt::format("{} must lie between {} and {}, not {}", name, min, max, Quoted(text)),
        std::string(name));
  }
  return number;
}

}  // namespace sightline::api
