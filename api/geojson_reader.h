// GeoJSON geometries (RFC 7946) into core's values. As json_reader.h, for this room only.
#pragma once

#include "api/json_reader.h"
#include "core/filter.h"

namespace sightline::api {

// A geometry object of type Point. An altitude is read and dropped.
Result<Position> ReadPoint(Json value, const JsonPath& path);

// A geometry object of type Polygon or MultiPolygon: rings closed, of four positions or more, at
// most kMaxAreaPositions in all. Which way a ring winds does not matter.
inline constexpr size_t kMaxAreaPositions = 10'000;
Result<Area> ReadArea(Json value, const JsonPath& path);

}  // namespace sightline::api
