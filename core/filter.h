// The filter that every question accepts: members joined by AND, the values of a list by OR.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/geo.h"
#include "core/sighting.h"
#include "core/time.h"

namespace sightline {

// A GeoJSON Polygon or MultiPolygon: rings of positions, first ring the outer one. Edges are straight
// in lon/lat (RFC 7946).
struct Area {
  using Ring = std::vector<Position>;
  using Polygon = std::vector<Ring>;
  std::vector<Polygon> polygons;

  bool operator==(const Area&) const = default;
};

// Everything within a great-circle distance of a point.
struct Circle {
  Position center;
  Meters radius;

  bool operator==(const Circle&) const = default;
};

// One attribute and the values that pass. Numbers compare by value, whichever way they are stored.
struct AttributeCondition {
  std::string name;
  std::vector<AttributeValue> any_of;

  bool operator==(const AttributeCondition&) const = default;
};

// A half-remembered or misread plate.
struct PlateLike {
  std::string text;      // normalised, 1 to 64 bytes; '?': one unknown character
  int max_distance = 1;  // [0, 3] characters inserted, lost or changed (Levenshtein, code points)

  bool operator==(const PlateLike&) const = default;
};

struct Filter {
  Interval time;
  std::string plate_pattern;         // normalised pattern (core/plate.h); empty: any plate or none
  std::optional<PlateLike> plate_like;
  std::optional<std::vector<std::string>> cameras;  // ids; an empty list passes nothing
  std::optional<Area> area;
  std::optional<Circle> near;
  std::vector<AttributeCondition> attributes;

  bool operator==(const Filter&) const = default;
};

// The direction of an answer in time. Equal times: by camera id (bytes, ascending), then id
// (ascending).
enum class TimeOrder { kDescending, kAscending };

// The order of an answer. Relevance: by falling probability of the match, then as kTimeDescending.
enum class ResultOrder { kTimeDescending, kTimeAscending, kRelevance };

}  // namespace sightline
