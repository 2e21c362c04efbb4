// The filter on the wire: what every question accepts.
#pragma once

#include <string>
#include <string_view>

#include "api/json_writer.h"
#include "core/error.h"
#include "core/filter.h"

namespace sightline::api {

// Characters that plate_like may let differ at most.
inline constexpr int kMaxPlateDistance = 3;

// One filter object, for other bodies; `pointer` is where it stands ("/filter").
Result<Filter> ParseFilter(std::string_view json, std::string_view pointer);

// The text of a plate_like in its normal form: as a plate, with '?' for one unknown character.
// Errors: kInvalidArgument without field, a message that begins with a verb.
Result<std::string> NormalizePlateLike(std::string_view text);

// Writes one filter object as the API takes it; what stands at its default is left out.
void WriteFilter(JsonWriter& json, const Filter& filter);

// The filter in a canonical JSON form: equal filters, equal bytes. Page tokens are bound to it.
std::string CanonicalFilter(const Filter& filter);

}  // namespace sightline::api
