// The question of /v1/stats/counts, as a body and as query parameters.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/count_key.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"

namespace sightline::api {

// Rows that an answer has at most: where nothing is said, and what may be asked for.
inline constexpr size_t kDefaultCountRows = 100'000;
inline constexpr size_t kMaxCountRows = 1'000'000;
inline constexpr size_t kMaxCountKeys = 8;

// A key and the member that bears it in the rows.
struct NamedCountKey {
  std::string name;
  CountKey key;

  bool operator==(const NamedCountKey&) const = default;
};

struct CountsBody {
  Filter filter;
  std::vector<NamedCountKey> group_by;
  std::string time_zone;  // "tz": an IANA name, not looked up here; empty: the deployment's
  bool fills = true;      // "fill"
  size_t max_rows = kDefaultCountRows;
  std::optional<Sequence> as_of;
};

// "camera_id", "plate", "plate_color", "minute", "hour", "day", "week", "hour_of_day", "weekday",
// "hour_class", or the name of an attribute; one that has such a name, or "count" or
// "distinct_plates", is written "attributes.hour". Errors: kInvalidArgument without field, a
// message that begins with a verb.
Result<NamedCountKey> ParseCountKey(std::string_view name);

// Strict, as ParseSearchSightings.
Result<CountsBody> ParseCounts(std::string_view json);

// The same from query parameters: group_by (a list with commas, or a JSON array; may be given
// again), tz, fill, max_rows, as_of and what api/filter_parameters.h reads. The names of parameters
// are the fields of errors.
Result<CountsBody> ParseCountParameters(
    std::span<const std::pair<std::string, std::string>> parameters);

}  // namespace sightline::api
