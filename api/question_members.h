// Members that many questions have, read in one way. simdjson is in sight, as in json_reader.h.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "api/filter_parameters.h"
#include "api/json_reader.h"
#include "core/sighting.h"

namespace sightline::api {

inline constexpr size_t kMaxTimeZoneBytes = 64;
inline constexpr size_t kMaxPageTokenBytes = 4096;
inline constexpr size_t kMaxKeyNameBytes = 256;
inline constexpr int64_t kMaxSequence = std::numeric_limits<int64_t>::max();

inline Result<Sequence> ReadAsOf(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const int64_t as_of, ReadInteger(value, path, 0, kMaxSequence));
  return static_cast<Sequence>(as_of);
}

// The name of a time zone, not looked up yet.
inline Result<std::string_view> ReadTimeZone(Json value, const JsonPath& path) {
  return ReadText(value, path, {1, kMaxTimeZoneBytes});
}

inline Result<std::string_view> ReadPageToken(Json value, const JsonPath& path) {
  return ReadText(value, path, {1, kMaxPageTokenBytes});
}

// The names of `group_by`, one after the other: add(name) takes each, or refuses it with a message
// that begins with a verb.

template <typename Add>
Status ReadGroupBy(Json value, const JsonPath& path, Add add) {
  SIGHTLINE_ASSIGN(const JsonArray array, ReadArray(value, path));
  size_t index = 0;
  for (const Json element : array) {
    const JsonPath here(path, index++);
    SIGHTLINE_ASSIGN(const std::string_view name, ReadText(element, here, {1, kMaxKeyNameBytes}));
    if (const Status added = add(name); !added) return BadValue(here, added.error().message);
  }
  return Ok();
}

// As a query parameter; none where it is empty.
template <typename Add>
Status ReadGroupByParameter(std::string_view text, Add add) {
  if (text.empty()) return Ok();
  const JsonPath path("group_by");
  SIGHTLINE_ASSIGN(const std::vector<std::string> names, ParseListParameter(text, "group_by"));
  for (const std::string& name : names) {
    if (const Status added = add(name); !added) return BadValue(path, added.error().message);
  }
  return Ok();
}

}  // namespace sightline::api
