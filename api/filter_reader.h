// The filter out of a parsed document. As json_reader.h, for this room only.
#pragma once

#include "api/json_reader.h"
#include "core/filter.h"

namespace sightline::api {

// Strict; errors stand below `path`. A null is a mistake: taken for "left out" it would widen the
// question unasked.
Result<Filter> ReadFilter(Json value, const JsonPath& path);

}  // namespace sightline::api
