// Sightings as rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/commands/command_line.h"
#include "client/output/row_printer.h"
#include "core/sighting.h"

namespace sightline::client {

// "116.33000, 39.99000"; empty without a position.
std::string ShowPosition(const std::optional<Position>& position);

// "color=silver type=sedan".
std::string ShowAttributes(const std::vector<Attribute>& attributes);

// How rows fit the plate that was asked for: two columns more, and their fields.
void AppendMatchColumns(const CommandLine& line, std::vector<Column>& columns);
void AppendMatch(const std::optional<PlateMatch>& match, std::vector<std::string>& fields);

// For people: time, plate, camera, position, speed, attributes, id. CSV has a column for each.
std::vector<Column> SightingColumnsShown(const CommandLine& line);
std::vector<std::string> SightingRow(const CommandLine& line, const TimeZone& zone,
                                     const StoredSighting& stored);

}  // namespace sightline::client
