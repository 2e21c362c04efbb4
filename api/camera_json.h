// Cameras on the wire.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "api/json_writer.h"
#include "core/camera.h"
#include "core/error.h"

namespace sightline::api {

// One camera object, or one GeoJSON Feature with a Point whose properties are the other members.
// Strict; errors bear a JSON pointer. A checkpoint needs a location, a mobile camera does not.
// "retired", a boolean of what WriteCamera gave, is passed over.
Result<Camera> ParseCamera(std::string_view json);

struct CameraOrError {
  uint64_t line = 0;  // element or NDJSON line, from 1
  Result<Camera> camera;
};

// A whole body: an object, an array, or a GeoJSON FeatureCollection. kInvalidArgument where nothing
// could be read; elements at fault are given as errors.
Result<std::vector<CameraOrError>> ParseCameraBody(std::string_view json);

// {"id","name","location","heading_deg","kind"} and, when the camera is retired, "retired": true.
void WriteCamera(JsonWriter& json, const CameraRecord& record);

// The same with "history": [{"recorded", "location", …}], for a single camera.
void WriteCameraWithHistory(JsonWriter& json, const CameraRecord& record);

// The members of that object alone, for a caller that opened it.
void WriteCameraWithHistoryMembers(JsonWriter& json, const CameraRecord& record);

// A GeoJSON Feature: geometry Point or null, the other members as properties.
void WriteCameraFeature(JsonWriter& json, const CameraRecord& record);

}  // namespace sightline::api
