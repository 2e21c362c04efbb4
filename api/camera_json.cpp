#include "api/camera_json.h"

#include <fmt/format.h>

#include <utility>

#include "api/geojson_reader.h"
#include "api/json_reader.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxIdBytes = 128;
constexpr size_t kMaxNameBytes = 256;

constexpr std::string_view kMembers[] = {"id",          "name", "location",
                                         "heading_deg", "kind", "retired"};
enum Member : size_t { kId, kName, kLocation, kHeading, kKind, kRetired };

std::string_view KindName(CameraKind kind) {
  return kind == CameraKind::kMobile ? "mobile" : "checkpoint";
}

Result<CameraKind> ReadKind(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path, {0, 64}));
  for (const CameraKind kind : {CameraKind::kCheckpoint, CameraKind::kMobile}) {
    if (text == KindName(kind)) return kind;
  }
  return BadValue(path, fmt::format("must be 'checkpoint' or 'mobile', not {}", Quoted(text)));
}

Status ReadMember(size_t member, Json value, const JsonPath& path, Camera& camera) {
  switch (member) {
    case kId: {
      SIGHTLINE_ASSIGN(camera.id, ReadText(value, path, {1, kMaxIdBytes}));
      return Ok();
    }
    case kName: {
      SIGHTLINE_ASSIGN(camera.name, ReadText(value, path, {0, kMaxNameBytes}));
      return Ok();
    }
    case kLocation: {
      SIGHTLINE_ASSIGN(camera.location, ReadLonLat(value, path));
      return Ok();
    }
    case kHeading: {
      SIGHTLINE_ASSIGN(camera.heading_deg, ReadNumber(value, path, 0, 360));
      if (*camera.heading_deg == 360) return BadValue(path, "must lie below 360 (north is 0)");
      return Ok();
    }
    case kKind: {
      SIGHTLINE_ASSIGN(camera.kind, ReadKind(value, path));
      return Ok();
    }
    default: {  // what was exported can be sent again; only DELETE retires a camera
      SIGHTLINE_RETURN_IF_ERROR(ReadBool(value, path));
      return Ok();
    }
  }
}

Status CheckCamera(const Camera& camera, const JsonPath& location_path) {
  if (camera.kind == CameraKind::kCheckpoint && !camera.location) {
    return BadValue(location_path, "is missing; only a camera of kind 'mobile' needs none");
  }
  return Ok();
}

Result<Camera> ReadPlainCamera(JsonObject object, const JsonPath& path) {
  Camera camera;
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadMembers(object, path, kMembers, NullMeaning::kAbsent,
                               [&](size_t member, Json value, const JsonPath& here) {
                                 return ReadMember(member, value, here, camera);
                               }));
  if (!(seen & (1u << kId))) return BadValue(JsonPath(path, "id"), "is missing");
  SIGHTLINE_RETURN_IF_ERROR(CheckCamera(camera, JsonPath(path, "location")));
  return camera;
}

// A Feature's own id: a string, or as GeoJSON allows a number.
Result<std::string> ReadFeatureId(Json value, const JsonPath& path) {
  if (int64_t number = 0; value.is_int64() && !value.get(number)) return std::to_string(number);
  SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path, {1, kMaxIdBytes}));
  return std::string(text);
}

Status ReadProperties(Json value, const JsonPath& path, Camera& camera) {
  SIGHTLINE_ASSIGN(const JsonObject properties, ReadObject(value, path));
  const std::string feature_id = std::exchange(camera.id, {});
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadMembers(properties, path, kMembers, NullMeaning::kAbsent,
                               [&](size_t member, Json property, const JsonPath& here) -> Status {
                                 if (member == kLocation) {
                                   return BadValue(here, "stands in the geometry of a Feature");
                                 }
                                 return ReadMember(member, property, here, camera);
                               }));
  if (!(seen & (1u << kId))) {
    camera.id = feature_id;
  } else if (!feature_id.empty() && feature_id != camera.id) {
    return BadValue(JsonPath(path, "id"), "differs from the id of the Feature");
  }
  return Ok();
}

Result<Camera> ReadFeature(JsonObject object, const JsonPath& path) {
  static constexpr std::string_view kFeatureMembers[] = {"type", "id", "geometry", "properties",
                                                         "bbox"};
  enum FeatureMember : size_t { kType, kFeatureId, kGeometry, kProperties };
  Camera camera;
  Json properties;
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadMembers(object, path, kFeatureMembers, NullMeaning::kAbsent,
                               [&](size_t member, Json value, const JsonPath& here) -> Status {
                                 if (member == kFeatureId) {
                                   SIGHTLINE_ASSIGN(camera.id, ReadFeatureId(value, here));
                                 } else if (member == kGeometry) {
                                   SIGHTLINE_ASSIGN(camera.location, ReadPoint(value, here));
                                 } else if (member == kProperties) {
                                   properties = value;
                                 }
                                 return Ok();
                               }));
  if (seen & (1u << kProperties)) {
    SIGHTLINE_RETURN_IF_ERROR(ReadProperties(properties, JsonPath(path, "properties"), camera));
  }
  if (camera.id.empty()) return BadValue(JsonPath(path, "id"), "is missing");
  SIGHTLINE_RETURN_IF_ERROR(CheckCamera(camera, JsonPath(path, "geometry")));
  return camera;
}

bool IsOfType(JsonObject object, std::string_view type) {
  std::string_view text;
  return object["type"].get(text) == simdjson::SUCCESS && text == type;
}

Result<Camera> ReadCamera(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  return IsOfType(object, "Feature") ? ReadFeature(object, path) : ReadPlainCamera(object, path);
}

void WriteMembers(JsonWriter& json, const CameraRevision& revision) {
  const Camera& camera = revision.camera;
  if (!camera.name.empty()) json.Key("name").String(camera.name);
  if (camera.location) json.Key("location").LonLat(*camera.location);
  if (camera.heading_deg) json.Key("heading_deg").Double(*camera.heading_deg);
  json.Key("kind").String(KindName(camera.kind));
  if (revision.retired) json.Key("retired").Bool(true);
}

}  // namespace

Result<Camera> ParseCamera(std::string_view json) {
  JsonDocument document;
  SIGHTLINE_ASSIGN(const Json value, document.Parse(json));
  return ReadCamera(value, JsonPath());
}

Result<std::vector<CameraOrError>> ParseCameraBody(std::string_view json) {
  JsonDocument document;
  SIGHTLINE_ASSIGN(const Json root, document.Parse(json));
  std::vector<CameraOrError> cameras;
  const auto read_all = [&](JsonArray elements) {
    for (const Json element : elements) {
      cameras.push_back({cameras.size() + 1, ReadCamera(element, JsonPath())});
    }
  };
  if (JsonArray array; root.get(array) == simdjson::SUCCESS) {
    read_all(array);
    return cameras;
  }
  JsonObject object;
  if (root.get(object) != simdjson::SUCCESS) {
    return InvalidArgument("the body must be a camera, an array of cameras or a FeatureCollection");
  }
  if (!IsOfType(object, "FeatureCollection")) {
    cameras.push_back({1, ReadCamera(root, JsonPath())});
    return cameras;
  }
  // Other members of a collection (name, crs, bbox, …) are GeoJSON's foreign members: passed over.
  JsonArray features;
  if (object["features"].get(features) != simdjson::SUCCESS) {
    return InvalidArgument("features must be an array", "/features");
  }
  read_all(features);
  return cameras;
}

void WriteCamera(JsonWriter& json, const CameraRecord& record) {
  json.BeginObject().Key("id").String(record.camera().id);
  WriteMembers(json, record.history.back());
  json.EndObject();
}

void WriteCameraWithHistory(JsonWriter& json, const CameraRecord& record) {
  json.BeginObject();
  WriteCameraWithHistoryMembers(json, record);
  json.EndObject();
}

void WriteCameraWithHistoryMembers(JsonWriter& json, const CameraRecord& record) {
  json.Key("id").String(record.camera().id);
  WriteMembers(json, record.history.back());
  json.Key("history").BeginArray();
  for (const CameraRevision& revision : record.history) {
    json.BeginObject().Key("recorded").Time(revision.recorded);
    WriteMembers(json, revision);
    json.EndObject();
  }
  json.EndArray();
}

void WriteCameraFeature(JsonWriter& json, const CameraRecord& record) {
  const Camera& camera = record.camera();
  json.BeginObject().Key("type").String("Feature").Key("id").String(camera.id).Key("geometry");
  if (camera.location) {
    json.BeginObject().Key("type").String("Point").Key("coordinates").BeginArray();
    json.Double(camera.location->lon).Double(camera.location->lat).EndArray().EndObject();
  } else {
    json.Null();
  }
  json.Key("properties").BeginObject().Key("id").String(camera.id);
  if (!camera.name.empty()) json.Key("name").String(camera.name);
  if (camera.heading_deg) json.Key("heading_deg").Double(*camera.heading_deg);
  json.Key("kind").String(KindName(camera.kind));
  if (record.retired()) json.Key("retired").Bool(true);
  json.EndObject().EndObject();
}

}  // namespace sightline::api
