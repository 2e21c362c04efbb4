#include "client/import/camera_registrar.h"

#include <fmt/format.h>

#include "api/json_writer.h"

namespace sightline::client {

Status CameraRegistrar::LoadKnown() {
  if (loaded_) return Ok();
  SIGHTLINE_ASSIGN(const CameraList list, client_.ListCameras({.with_retired = true}));
  for (const CameraInfo& info : list.cameras) known_.insert(info.camera.id);
  loaded_ = true;
  return Ok();
}

Status CameraRegistrar::Register(std::span<const BatchCamera> cameras) {
  if (cameras.empty()) return Ok();
  SIGHTLINE_RETURN_IF_ERROR(LoadKnown());
  std::string ndjson;
  for (const BatchCamera& camera : cameras) {
    if (kind_ == CameraKind::kCheckpoint && !camera.location) continue;
    if (!known_.insert(camera.id).second) continue;
    api::JsonWriter json(ndjson);
    json.BeginObject().Key("id").String(camera.id);
    if (kind_ == CameraKind::kMobile) {
      json.Key("kind").String("mobile");
    } else {
      json.Key("kind").String("checkpoint").Key("location").LonLat(*camera.location);
    }
    json.EndObject();
    ndjson.push_back('\n');
  }
  if (ndjson.empty()) return Ok();
  TextBody body(ndjson);
  SIGHTLINE_ASSIGN(const CameraOutcome outcome, client_.PutCameras(body, BodyFormat::kNdjson));
  if (outcome.rejected == 0) return Ok();
  return InvalidArgument(fmt::format(
      "the server refused {} of the file's cameras{}", outcome.rejected,
      outcome.errors.empty() ? "" : ": " + outcome.errors.front().detail));
}

}  // namespace sightline::client
