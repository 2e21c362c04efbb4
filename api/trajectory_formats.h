// The writers behind MakeTrajectoryWriter, one file each, and what they share.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/trajectory_writer.h"

namespace sightline::api {

std::unique_ptr<TrajectoryWriter> MakeGeoJsonTrajectoryWriter(const SightingFields& fields);
std::unique_ptr<TrajectoryWriter> MakeMovingFeaturesWriter();
std::unique_ptr<TrajectoryWriter> MakeGpxWriter();
std::unique_ptr<TrajectoryWriter> MakeKmlWriter();
std::unique_ptr<TrajectoryWriter> MakeCsvTrajectoryWriter(const SightingFields& fields);

// Whether an answer narrowed to `fields` bears a member.
bool IsWanted(const SightingFields& fields, std::string_view member);

// The shortest text that reads back as the same number, never with an exponent, which the decimals
// of GPX may not have. `number` is finite.
std::string DecimalText(double number);

// `text`, UTF-8, as XML character data or an attribute's value. Characters that XML 1.0 cannot hold
// at all become U+FFFD.
std::string XmlText(std::string_view text);

// RFC 7946 coordinates of one position: "[lon,lat]".
void WriteCoordinates(JsonWriter& json, const Position& position);

}  // namespace sightline::api
