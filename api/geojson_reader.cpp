#include "api/geojson_reader.h"

#include <fmt/format.h>

namespace sightline::api {
namespace {

constexpr std::string_view kMembers[] = {"type", "coordinates", "bbox"};
enum Member : size_t { kType, kCoordinates, kBbox };

struct Geometry {
  std::string_view type;
  Json coordinates;
};

Result<Geometry> ReadGeometry(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  Geometry geometry;
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadMembers(object, path, kMembers, NullMeaning::kMistake,
                               [&](size_t index, Json member, const JsonPath& here) -> Status {
                                 if (index == kType) {
                                   SIGHTLINE_ASSIGN(geometry.type, ReadText(member, here, {0, 64}));
                                 } else if (index == kCoordinates) {
                                   geometry.coordinates = member;
                                 }
                                 return Ok();
                               }));
  for (const size_t index : {size_t{kType}, size_t{kCoordinates}}) {
    if (!(seen & (1u << index))) return BadValue(JsonPath(path, kMembers[index]), "is missing");
  }
  return geometry;
}

// [lon, lat] or [lon, lat, altitude].
Result<Position> ReadPosition(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const JsonArray array, ReadArray(value, path));
  if (array.size() != 2 && array.size() != 3) {
    return BadValue(path, "must be a position [lon, lat]");
  }
  Position position;
  size_t index = 0;
  for (const Json number : array) {
    const JsonPath here(path, index);
    const double bound = index == 0 ? 180 : 90;
    if (index < 2) {
      SIGHTLINE_ASSIGN((index == 0 ? position.lon : position.lat),
                       ReadNumber(number, here, -bound, bound));
    } else if (!number.is_number()) {
      return BadValue(here, "must be an altitude in metres");
    }
    ++index;
  }
  return position;
}

Result<Area::Ring> ReadRing(Json value, const JsonPath& path, size_t& positions_left) {
  SIGHTLINE_ASSIGN(const JsonArray array, ReadArray(value, path));
  Area::Ring ring;
  for (const Json element : array) {
    const JsonPath here(path, ring.size());
    if (positions_left == 0) {
      return BadValue(here, fmt::format("is too much; an area has at most {} positions",
                                        kMaxAreaPositions));
    }
    --positions_left;
    SIGHTLINE_ASSIGN(const Position position, ReadPosition(element, here));
    ring.push_back(position);
  }
  if (ring.size() < 4) return BadValue(path, "must have four positions or more");
  if (ring.front() != ring.back()) {
    return BadValue(path, "must be closed: its last position must repeat its first");
  }
  return ring;
}

Result<Area::Polygon> ReadPolygon(Json value, const JsonPath& path, size_t& positions_left) {
  SIGHTLINE_ASSIGN(const JsonArray rings, ReadArray(value, path));
  Area::Polygon polygon;
  for (const Json element : rings) {
    const JsonPath here(path, polygon.size());
    SIGHTLINE_ASSIGN(Area::Ring ring, ReadRing(element, here, positions_left));
    polygon.push_back(std::move(ring));
  }
  if (polygon.empty()) return BadValue(path, "must have a ring");
  return polygon;
}

}  // namespace

Result<Position> ReadPoint(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const Geometry geometry, ReadGeometry(value, path));
  if (geometry.type != "Point") {
    return BadValue(JsonPath(path, kMembers[kType]),
                    fmt::format("must be 'Point', not {}", Quoted(geometry.type)));
  }
  return ReadPosition(geometry.coordinates, JsonPath(path, kMembers[kCoordinates]));
}

Result<Area> ReadArea(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const Geometry geometry, ReadGeometry(value, path));
  const JsonPath coordinates(path, kMembers[kCoordinates]);
  size_t positions_left = kMaxAreaPositions;
  Area area;
  if (geometry.type == "Polygon") {
    SIGHTLINE_ASSIGN(Area::Polygon polygon,
                     ReadPolygon(geometry.coordinates, coordinates, positions_left));
    area.polygons.push_back(std::move(polygon));
    return area;
  }
  if (geometry.type != "MultiPolygon") {
    return BadValue(
        JsonPath(path, kMembers[kType]),
        fmt::format("must be 'Polygon' or 'MultiPolygon', not {}", Quoted(geometry.type)));
  }
  SIGHTLINE_ASSIGN(const JsonArray polygons, ReadArray(geometry.coordinates, coordinates));
  for (const Json element : polygons) {
    const JsonPath here(coordinates, area.polygons.size());
    SIGHTLINE_ASSIGN(Area::Polygon polygon, ReadPolygon(element, here, positions_left));
    area.polygons.push_back(std::move(polygon));
  }
  if (area.polygons.empty()) return BadValue(coordinates, "must have a polygon");
  return area;
}

}  // namespace sightline::api
