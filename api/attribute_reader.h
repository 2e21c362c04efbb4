// Attributes out of a parsed document. As json_reader.h, for this room only.
#pragma once

#include <string_view>

#include "api/json_reader.h"
#include "api/sighting_json.h"
#include "core/sighting.h"

namespace sightline::api {

// A name of the object at `path`.
Status CheckAttributeName(std::string_view name, const JsonPath& path,
                          const SightingLimits& limits);

Result<AttributeValue> ReadAttributeValue(Json value, const JsonPath& path,
                                          const SightingLimits& limits);

}  // namespace sightline::api
