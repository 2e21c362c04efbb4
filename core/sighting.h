// A sighting: one reading of one passing vehicle by one camera.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/geo.h"
#include "core/sighting_id.h"
#include "core/time.h"

namespace sightline {

// The order in which sightings became durable; 0 is before the first. The API's `as_of`.
using Sequence = uint64_t;

// Attributes are open: any name, with a string, a number (integers apart from fractions, so that
// 2013 comes back as 2013) or a boolean.
using AttributeValue = std::variant<std::string, int64_t, double, bool>;

struct Attribute {
  std::string name;
  AttributeValue value;

  bool operator==(const Attribute&) const = default;
};

// An appearance vector: the raw bytes of one point of a space.
struct AppearanceVector {
  std::string space;  // "vehicle", "detail", ...
  std::string bytes;  // exactly as many as the space says

  bool operator==(const AppearanceVector&) const = default;
};

// As a client sends it. Texts are valid UTF-8.
struct Sighting {
  std::optional<std::string> source_id;
  std::string camera_id;
  TimestampMs time;
  std::string plate;       // normalised (core/plate.h); empty: unread
  std::string plate_read;  // as it came; empty when unread
  std::string plate_color;
  std::optional<double> plate_confidence;  // [0, 1]
  std::vector<Attribute> attributes;       // in byte order of name, names unique
  std::optional<Position> location;        // its own, or after ingest its camera's; none: unknown
  std::optional<int64_t> lane;
  std::optional<double> speed_kmh;
  std::string image;                      // URL; empty: none
  std::vector<AppearanceVector> vectors;  // in byte order of space, spaces unique

  bool operator==(const Sighting&) const = default;
};

// As it is stored and answered.
struct StoredSighting {
  SightingId id;
  Sequence sequence = 0;
  TimestampMs received;
  Sighting sighting;
  Sequence corrected = 0;  // of the last correction that is applied; 0: as it came

  bool operator==(const StoredSighting&) const = default;
};

}  // namespace sightline
