// /v1/cameras
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>

#include "api/body_splitter.h"
#include "api/camera_json.h"
#include "api/json_writer.h"
#include "api/page_token.h"
#include "server/coroutine_error.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

using CameraPointer = std::shared_ptr<const CameraRecord>;

constexpr size_t kMaxErrors = 1000;

// --- POST --------------------------------------------------------------------------------------

Result<std::vector<api::CameraOrError>> ParseBody(const Services& services, const Call& call) {
  if (!IsNdjson(call.media_type)) return api::ParseCameraBody(call.document);
  std::vector<api::CameraOrError> cameras;
  const auto splitter = api::MakeNdjsonSplitter(
      services.config.max_line_bytes, [&](const api::BodyElement& element) {
        cameras.push_back({element.line, element.status ? api::ParseCamera(element.text)
                                                        : Result<Camera>(element.status.error())});
      });
  SIGHTLINE_RETURN_IF_ERROR(splitter->Feed(call.document));
  SIGHTLINE_RETURN_IF_ERROR(splitter->Finish());
  return cameras;
}

Result<Response> StoreCameras(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const std::vector<api::CameraOrError> parsed, ParseBody(services, call));
  std::vector<Camera> good;
  for (const api::CameraOrError& element : parsed) {
    if (element.camera) good.push_back(*element.camera);
  }
  SIGHTLINE_ASSIGN(const std::vector<bool> created, services.store.PutCameras(good));
  const auto created_count = static_cast<uint64_t>(std::ranges::count(created, true));

  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  json.Key("created").Uint(created_count);
  json.Key("replaced").Uint(good.size() - created_count);
  json.Key("rejected").Uint(parsed.size() - good.size());
  json.Key("errors").BeginArray();
  size_t errors = 0;
  for (const api::CameraOrError& element : parsed) {
    if (element.camera || errors++ >= kMaxErrors) continue;
    json.BeginObject().Key("line").Uint(element.line);
    json.Key("detail").String(element.camera.error().message);
    if (!element.camera.error().field.empty())
      json.Key("field").String(element.camera.error().field);
    json.EndObject();
  }
  json.EndArray();
  if (errors > kMaxErrors) json.Key("errors_truncated").Bool(true);
  json.Key("as_of").Uint(services.store.VisibleSequence());
  json.EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> PostCameras(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  if (call.media_type != kJsonType && call.media_type != kGeoJsonType &&
      !IsNdjson(call.media_type)) {
    co_return Error{ErrorCode::kUnsupportedMedia,
                    "Content-Type must be application/json, application/geo+json or "
                    "application/x-ndjson",
                    {}};
  }
  auto store = [&services, &call] { return StoreCameras(services, call); };
  co_return co_await Answer(services, call, store);
}

// --- GET ---------------------------------------------------------------------------------------

// West of the antimeridian to east of it where west > east (RFC 7946, section 5.2).
struct BoundingBox {
  double west = 0;
  double south = 0;
  double east = 0;
  double north = 0;

  bool Contains(const Position& position) const {
    const bool in_longitude = west <= east ? position.lon >= west && position.lon <= east
                                           : position.lon >= west || position.lon <= east;
    return in_longitude && position.lat >= south && position.lat <= north;
  }
};

Result<BoundingBox> ParseBoundingBox(std::string_view text) {
  const Error malformed = InvalidArgument(
      "bbox must be minlon,minlat,maxlon,maxlat in degrees, minlat at most maxlat", "bbox");
  double numbers[4] = {};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (size_t i = 0; i < std::size(numbers); ++i) {
    if (i > 0 && (at == end || *at++ != ',')) return malformed;
    const auto [next, error] = std::from_chars(at, end, numbers[i]);
    if (error != std::errc()) return malformed;
    at = next;
  }
  const BoundingBox box{numbers[0], numbers[1], numbers[2], numbers[3]};
  if (at != end || !IsValid({box.west, box.south}) || !IsValid({box.east, box.north}) ||
      box.south > box.north) {
    return malformed;
  }
  return box;
}

struct CameraQuestion {
  std::optional<BoundingBox> box;
  bool with_retired = false;
  size_t limit = SIZE_MAX;
  std::string text;   // for page tokens
  std::string after;  // id
};

Result<CameraQuestion> ParseQuestion(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(
      request.RequireKnownParameters({"bbox", "include", "limit", "page_token"}));
  CameraQuestion question;
  const std::string_view box = request.Parameter("bbox").value_or("");
  if (request.Parameter("bbox")) {
    SIGHTLINE_ASSIGN(question.box, ParseBoundingBox(box));
  }
  if (const auto include = request.Parameter("include")) {
    if (*include != "retired") return InvalidArgument("include can only be retired", "include");
    question.with_retired = true;
  }
  if (request.Parameter("limit")) {
    SIGHTLINE_ASSIGN(question.limit, LimitParameter(request));
  }
  question.text = fmt::format("cameras {} {}", box, question.with_retired);
  SIGHTLINE_ASSIGN(PageStart start, PageStartOfParameters(services, request, question.text));
  question.after = std::move(start.position);
  return question;
}

std::string ListCameras(const Services& services, const CameraQuestion& question) {
  const Sequence as_of = services.store.VisibleSequence();
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("type").String("FeatureCollection").Key("features").BeginArray();
  size_t count = 0;
  bool more = false;
  std::string last;
  for (const CameraPointer& record : services.store.Cameras()) {
    const Camera& camera = record->camera();
    if (camera.id <= question.after || (record->retired() && !question.with_retired)) continue;
    if (question.box && !(camera.location && question.box->Contains(*camera.location))) continue;
    if (count == question.limit) {
      more = true;
      break;
    }
    api::WriteCameraFeature(json, *record);
    ++count;
    last = camera.id;
  }
  json.EndArray();
  if (more) {
    json.Key("next_page_token")
        .String(api::EncodePageToken({.as_of = as_of, .position = last}, question.text));
  }
  json.Key("as_of").Uint(as_of);
  json.EndObject();
  return body;
}

Awaitable<Status> GetCameras(const Services& services, Call& call) {
  constexpr std::string_view kOffered[] = {kGeoJsonType, kJsonType};
  SIGHTLINE_CO_ASSIGN(const auto type, co_await ChooseMediaType(call, kOffered));
  if (!type) co_return Ok();
  SIGHTLINE_CO_ASSIGN(const CameraQuestion question, ParseQuestion(services, call.request));
  auto list = [&]() -> Result<Response> {
    return Response{.headers = {{"Content-Type", std::string(kOffered[*type])}},
                    .body = ListCameras(services, question)};
  };
  co_return co_await Answer(services, call, list);
}

Awaitable<Status> GetCamera(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  const std::string& id = call.request.path_values.front();
  const CameraPointer record = services.store.FindCamera(id);
  if (record == nullptr) co_return NotFound(fmt::format("no camera '{}'", id));
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  api::WriteCameraWithHistoryMembers(json, *record);
  json.Key("as_of").Uint(services.store.VisibleSequence()).EndObject();
  Response response = JsonResponse(std::move(body));
  co_return co_await call.out.Send(std::move(response));
}

// --- DELETE ------------------------------------------------------------------------------------

Awaitable<Status> DeleteCamera(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto remove = [&] { return services.store.RemoveCamera(call.request.path_values.front()); };
  SIGHTLINE_CO_ASSIGN(const bool erased, co_await services.workers.Run(remove));
  Response response{.status = 204};
  if (!erased) {
    std::string body;
    api::JsonWriter json(body);
    json.BeginObject().Key("retired").Bool(true);
    json.Key("as_of").Uint(services.store.VisibleSequence()).EndObject();
    response = JsonResponse(std::move(body));
  }
  co_return co_await call.out.Send(std::move(response));
}

}  // namespace

std::vector<Endpoint> CameraEndpoints() {
  const RoleSet readers = {Role::kOwner, Role::kReader, Role::kWriter, Role::kOperator};
  const RoleSet keepers = {Role::kOwner, Role::kOperator};
  return {
      {.method = "POST",
       .path = "/v1/cameras",
       .name = "post_cameras",
       .run = PostCameras,
       .allowed = {Role::kOwner, Role::kWriter, Role::kOperator},
       .recording = Recording::kChange,
       .body = BodyUse::kDocument},
      {.method = "GET",
       .path = "/v1/cameras",
       .name = "list_cameras",
       .run = GetCameras,
       .allowed = readers},
      {.method = "GET",
       .path = "/v1/cameras/{id}",
       .name = "get_camera",
       .run = GetCamera,
       .allowed = readers},
      {.method = "DELETE",
       .path = "/v1/cameras/{id}",
       .name = "delete_camera",
       .run = DeleteCamera,
       .allowed = keepers,
       .recording = Recording::kChange},
  };
}

}  // namespace sightline::server
