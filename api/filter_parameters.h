// The filter as query parameters: for dashboards, whose tools write addresses more easily than
// bodies.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/filter.h"

namespace sightline::api {

// `filter` (the object as JSON), `from`, `to`, `plate`, `plate_like`, `max_distance`, `cameras` (a
// list with commas, or a JSON array; may be given again), `near` (LON,LAT,RADIUS_M), `area`
// (GeoJSON) and `attributes.NAME` (a list with commas; a value is meant as text, and as the number
// or boolean that it reads as). What stands in `filter` may not be given beside it as well.
bool IsFilterParameter(std::string_view name);

// Reads those of `parameters` that are the filter's. kInvalidArgument, the field begins with the
// parameter's name.
Result<Filter> ParseFilterParameters(
    std::span<const std::pair<std::string, std::string>> parameters);

// The elements of a list with commas, or of a JSON array of strings. kInvalidArgument, field =
// name.
Result<std::vector<std::string>> ParseListParameter(std::string_view text, std::string_view name);

// Whether a parameter stands there twice that may not: kInvalidArgument.
Status RequireOnce(std::span<const std::pair<std::string, std::string>> parameters,
                   std::span<const std::string_view> repeatable);

}  // namespace sightline::api
