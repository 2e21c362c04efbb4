#include <algorithm>
#include <iterator>
#include <vector>

#include "api/csv_field.h"
#include "api/trajectory_formats.h"

namespace sightline::api {
namespace {

struct Column {
  std::string_view name;
  std::string_view member;  // of a sighting, that `fields` knows; empty: always there
  std::string (*text)(const TrajectoryPoint&);
};

std::string Number(const std::optional<double>& number) {
  return number ? DecimalText(*number) : std::string();
}

std::string AttributesText(const TrajectoryPoint& point) {
  const std::vector<Attribute>& attributes = point.sighting.sighting.attributes;
  if (attributes.empty()) return {};
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  for (const Attribute& attribute : attributes) json.Key(attribute.name).Attribute(attribute.value);
  json.EndObject();
  return text;
}

const Column kColumns[] = {
    {"id", "", [](const TrajectoryPoint& p) { return p.sighting.id.ToString(); }},
    {"time", "time",
     [](const TrajectoryPoint& p) { return FormatTimestamp(p.sighting.sighting.time); }},
    {"received", "received",
     [](const TrajectoryPoint& p) { return FormatTimestamp(p.sighting.received); }},
    {"plate", "plate", [](const TrajectoryPoint& p) { return p.sighting.sighting.plate; }},
    {"plate_read", "plate_read",
     [](const TrajectoryPoint& p) { return p.sighting.sighting.plate_read; }},
    {"plate_confidence", "plate_confidence",
     [](const TrajectoryPoint& p) { return Number(p.sighting.sighting.plate_confidence); }},
    {"plate_color", "plate_color",
     [](const TrajectoryPoint& p) { return p.sighting.sighting.plate_color; }},
    {"camera_id", "camera_id",
     [](const TrajectoryPoint& p) { return p.sighting.sighting.camera_id; }},
    {"source_id", "source_id",
     [](const TrajectoryPoint& p) { return p.sighting.sighting.source_id.value_or(""); }},
    {"lon", "location",
     [](const TrajectoryPoint& p) {
       const auto& location = p.sighting.sighting.location;
       return location ? DecimalText(location->lon) : std::string();
     }},
    {"lat", "location",
     [](const TrajectoryPoint& p) {
       const auto& location = p.sighting.sighting.location;
       return location ? DecimalText(location->lat) : std::string();
     }},
    {"lane", "lane",
     [](const TrajectoryPoint& p) {
       const auto& lane = p.sighting.sighting.lane;
       return lane ? std::to_string(*lane) : std::string();
     }},
    {"speed_kmh", "speed_kmh",
     [](const TrajectoryPoint& p) { return Number(p.sighting.sighting.speed_kmh); }},
    {"trip", "", [](const TrajectoryPoint& p) { return std::to_string(p.trip); }},
    {"attributes", "attributes", AttributesText},
    {"image", "image", [](const TrajectoryPoint& p) { return p.sighting.sighting.image; }},
};

// RFC 4180 with a header line; a line for each reading, empty fields for what it has not. Texts are
// as they came: a spreadsheet may take one that begins with '=' for a formula.
class CsvTrajectoryWriter final : public TrajectoryWriter {
 public:
  explicit CsvTrajectoryWriter(const SightingFields& fields) {
    std::ranges::copy_if(kColumns, std::back_inserter(columns_), [&](const Column& column) {
      return column.member.empty() || IsWanted(fields, column.member);
    });
  }

  void Begin(const TrajectoryHeader&, std::string& out) override {
    AppendLine([](const Column& column) { return std::string(column.name); }, out);
  }

  void Append(std::span<const TrajectoryPoint> points, std::span<const Trip>,
              std::string& out) override {
    for (const TrajectoryPoint& point : points) {
      AppendLine([&](const Column& column) { return column.text(point); }, out);
    }
  }

  void End(std::string_view, std::string&) override {}

 private:
  template <typename TextOf>
  void AppendLine(TextOf text_of, std::string& out) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out += ',';
      AppendCsvField(text_of(columns_[i]), out);
    }
    out += "\r\n";
  }

  std::vector<Column> columns_;
};

}  // namespace

std::unique_ptr<TrajectoryWriter> MakeCsvTrajectoryWriter(const SightingFields& fields) {
  return std::make_unique<CsvTrajectoryWriter>(fields);
}

}  // namespace sightline::api
