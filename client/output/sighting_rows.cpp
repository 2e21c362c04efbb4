#include "client/output/sighting_rows.h"

#include <fmt/format.h>

namespace sightline::client {
namespace {

std::string ShowValue(const AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* whole = std::get_if<int64_t>(&value)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return std::get<bool>(value) ? "true" : "false";
}

template <typename Number>
std::string ShowNumber(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : std::string();
}

}  // namespace

std::string ShowPosition(const std::optional<Position>& position) {
  return position ? fmt::format("{:.5f}, {:.5f}", position->lon, position->lat) : std::string();
}

std::string ShowAttributes(const std::vector<Attribute>& attributes) {
  std::string text;
  for (const Attribute& attribute : attributes) {
    if (!text.empty()) text.push_back(' ');
    text += attribute.name + "=" + ShowValue(attribute.value);
  }
  return text;
}

void AppendMatchColumns(const CommandLine& line, std::vector<Column>& columns) {
  columns.push_back({line.globals.csv ? "probability" : "MATCH", true});
  columns.push_back({line.globals.csv ? "differences" : "DIFF", true});
}

void AppendMatch(const std::optional<PlateMatch>& match, std::vector<std::string>& fields) {
  fields.push_back(match ? fmt::format("{:.4f}", match->probability) : "");
  fields.push_back(match ? std::to_string(match->differences) : "");
}

std::vector<Column> SightingColumnsShown(const CommandLine& line) {
  if (line.globals.csv) {
    return {{"time"},           {"plate"}, {"camera_id"}, {"lon"},        {"lat"},
            {"speed_kmh"},      {"lane"},  {"source_id"}, {"plate_read"}, {"plate_color"},
            {"plate_confidence"}, {"attributes"}, {"image"}, {"received"}, {"id"}};
  }
  return {{"TIME"}, {"PLATE"}, {"CAMERA"}, {"LON, LAT", true}, {"KM/H", true}, {"ATTRIBUTES"},
          {"ID"}};
}

std::vector<std::string> SightingRow(const CommandLine& line, const TimeZone& zone,
                                     const StoredSighting& stored) {
  const Sighting& sighting = stored.sighting;
  const std::string time = line.ShowTime(sighting.time, zone);
  if (!line.globals.csv) {
    return {time,
            sighting.plate.empty() ? "(unread)" : sighting.plate,
            sighting.camera_id,
            ShowPosition(sighting.location),
            sighting.speed_kmh ? fmt::format("{:.1f}", *sighting.speed_kmh) : "",
            ShowAttributes(sighting.attributes),
            stored.id.ToString()};
  }
  const auto coordinate = [&](double Position::*which) {
    return sighting.location ? fmt::format("{}", (*sighting.location).*which) : std::string();
  };
  return {time,
          sighting.plate,
          sighting.camera_id,
          coordinate(&Position::lon),
          coordinate(&Position::lat),
          ShowNumber(sighting.speed_kmh),
          ShowNumber(sighting.lane),
          sighting.source_id.value_or(""),
          sighting.plate_read,
          sighting.plate_color,
          ShowNumber(sighting.plate_confidence),
          ShowAttributes(sighting.attributes),
          sighting.image,
          line.ShowTime(stored.received, zone),
          stored.id.ToString()};
}

}  // namespace sightline::client
