// The filter and the bodies of the questions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"

namespace sightline::api {

inline constexpr size_t kDefaultLimit = 100;
inline constexpr size_t kMaxLimit = 10'000;

// The body of POST /v1/search/sightings.
struct SearchSightingsBody {
  Filter filter;
  TimeOrder order = TimeOrder::kDescending;
  size_t limit = kDefaultLimit;
  bool limit_given = false;
  std::string page_token;  // empty: the first page
  bool explain = false;
  std::optional<Sequence> as_of;
};

// Strict: unknown or repeated members, wrong types and values out of range are kInvalidArgument
// with `field`.
Result<SearchSightingsBody> ParseSearchSightings(std::string_view json);

// One filter object, for other bodies; `pointer` is where it stands ("/filter").
Result<Filter> ParseFilter(std::string_view json, std::string_view pointer);

// A time of the API: RFC 3339, or an integer (milliseconds since the epoch), as it stands in a
// query parameter. Must lie in the storable range.
Result<TimestampMs> ParseTimeParameter(std::string_view text, std::string_view name);

// A decimal integer in [min, max] from a query parameter; `name` becomes the error's field.
Result<uint64_t> ParseUintParameter(std::string_view text, std::string_view name, uint64_t min,
                                    uint64_t max);

// The filter in a canonical JSON form: equal filters, equal bytes. Page tokens are bound to it.
std::string CanonicalFilter(const Filter& filter);

}  // namespace sightline::api
