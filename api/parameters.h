// Values as they stand in query parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "core/time.h"

namespace sightline::api {

// Rows on a page of a list: what is given without `limit`, and the most that it may ask for.
inline constexpr size_t kDefaultLimit = 100;
inline constexpr size_t kMaxLimit = 10'000;

// A time of the API: RFC 3339, or an integer (milliseconds since the epoch). Must lie in the
// storable range. `name` becomes the error's field.
Result<TimestampMs> ParseTimeParameter(std::string_view text, std::string_view name);

// A decimal integer in [min, max]; `name` becomes the error's field.
Result<uint64_t> ParseUintParameter(std::string_view text, std::string_view name, uint64_t min,
                                    uint64_t max);

}  // namespace sightline::api
