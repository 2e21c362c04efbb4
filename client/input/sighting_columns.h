// Turns the records of a CSV file into sightings as the API takes them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/json_writer.h"
#include "client/input/column_map.h"
#include "client/input/time_format.h"
#include "core/error.h"
#include "core/geo.h"

namespace sightline::client {

struct SightingColumnsOptions {
  // Members: camera (or camera_id), time, plate, source_id, lon, lat, plate_color,
  // plate_confidence, lane, speed_kmh, image, attributes.NAME (text), attributes.NAME:number,
  // attributes.NAME:boolean. Empty: every column that is called like a member is taken.
  std::vector<ColumnMapping> mappings;
  NullWords nulls{{}};
  TimeFormat time_format;
};

// Not thread-safe.
class SightingColumns {
 public:
  // `header`: the file's first record. kInvalidArgument for unknown members or columns, a member
  // mapped twice, or no column for the camera or the time.
  static Result<SightingColumns> Make(SightingColumnsOptions options,
                                      std::span<const std::string> header);

  // What the importer has to know of a row that was written.
  struct Row {
    std::string_view camera_id;  // into `fields`
    std::optional<Position> location;
    bool ambiguous_time = false;  // a local time that came twice; the first was taken
    bool never_merged = false;    // neither plate nor source_id: sent again, it is stored again
  };

  // Appends the sighting as one line of NDJSON (with its '\n') to `out`. On error nothing is
  // appended. Whatever only the server can judge is left to it.
  Result<Row> Append(std::span<const std::string> fields, std::string& out) const;

 private:
  enum class Member {
    kCamera, kTime, kPlate, kSourceId, kLon, kLat, kPlateColor, kPlateConfidence, kLane, kSpeed,
    kImage, kCount
  };
  enum class ValueKind { kText, kNumber, kBoolean };
  struct AttributeColumn {
    std::string name;
    ValueKind kind = ValueKind::kText;
    size_t column = 0;
  };

  explicit SightingColumns(SightingColumnsOptions options) : options_(std::move(options)) {}
  Status MapColumn(const std::string& member, size_t column);
  Status MapAttribute(std::string_view name, size_t column);
  // The value of a member, nullopt where it has no column or is null.
  std::optional<std::string_view> Value(std::span<const std::string> fields, Member member) const;
  Result<std::optional<Position>> Location(std::span<const std::string> fields) const;
  Status WriteMembers(std::span<const std::string> fields, api::JsonWriter& json) const;
  Status WriteAttributes(std::span<const std::string> fields, api::JsonWriter& json) const;

  SightingColumnsOptions options_;
  size_t header_size_ = 0;
  std::optional<size_t> columns_[static_cast<size_t>(Member::kCount)];
  std::vector<AttributeColumn> attributes_;
};

}  // namespace sightline::client
