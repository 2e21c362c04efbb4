// /v1/sightings
#include <optional>
#include <utility>

#include "api/correction_json.h"
#include "api/json_writer.h"
#include "api/sighting_json.h"
#include "server/coroutine_error.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/reply.h"
#include "server/handlers/sighting_upload.h"

namespace sightline::server {
namespace {

Awaitable<Status> PostSightings(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  SIGHTLINE_CO_ASSIGN(const UploadOutcome outcome, co_await ReceiveSightings(services, call));
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  json.Key("accepted").Uint(outcome.accepted);
  json.Key("duplicates").Uint(outcome.duplicates);
  json.Key("rejected").Uint(outcome.rejected);
  json.Key("errors").BeginArray();
  for (const auto& [line, error] : outcome.errors) {
    json.BeginObject().Key("line").Uint(line).Key("detail").String(error.message);
    if (!error.field.empty()) json.Key("field").String(error.field);
    json.EndObject();
  }
  json.EndArray();
  if (outcome.rejected > outcome.errors.size()) json.Key("errors_truncated").Bool(true);
  json.Key("as_of").Uint(services.store.VisibleSequence());
  json.EndObject();
  Response response = JsonResponse(std::move(body));
  co_return co_await call.out.Send(std::move(response));
}

// --- one sighting --------------------------------------------------------------------------------

Response SightingResponse(const StoredSighting& sighting, const api::SightingFields& fields,
                          Sequence as_of) {
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  api::WriteSightingMembers(json, sighting, fields);
  json.Key("as_of").Uint(as_of);
  json.EndObject();
  return JsonResponse(std::move(body));
}

Error UnknownSighting() { return NotFound("there is no sighting with this id"); }

Result<Response> FindSighting(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(request.RequireKnownParameters({"include", "fields", "as_of"}));
  SIGHTLINE_ASSIGN(const api::SightingFields fields,
                   api::ParseSightingFields(request.Parameter("include").value_or(""),
                                            request.Parameter("fields").value_or("")));
  SIGHTLINE_ASSIGN(const std::optional<Sequence> asked_as_of, AsOfParameter(services, request));
  const Result<SightingId> id = ParseSightingId(request.path_values.front());
  if (!id) return UnknownSighting();
  const Sequence as_of = asked_as_of.value_or(services.store.VisibleSequence());
  SIGHTLINE_ASSIGN(const StoredSighting found, services.store.GetSighting(*id, as_of));
  return SightingResponse(found, fields, as_of);
}

Awaitable<Status> GetSighting(const Services& services, Call& call) {
  auto find = [&] { return FindSighting(services, call.request); };
  co_return co_await Answer(services, call, find);
}

Result<Response> CorrectSighting(const Services& services, Call& call) {
  SIGHTLINE_ASSIGN(Correction correction,
                   api::ParseCorrection(call.document, services.config.sighting));
  const Result<SightingId> id = ParseSightingId(call.request.path_values.front());
  if (!id) return UnknownSighting();
  correction.author = call.token->name;
  SIGHTLINE_ASSIGN(const StoredCorrection stored, services.store.Correct(*id, correction));
  {
    api::JsonWriter json(call.audit_detail);
    json.BeginObject().Key("correction");
    api::WriteCorrection(json, stored);
    json.EndObject();
  }
  SIGHTLINE_ASSIGN(const StoredSighting corrected,
                   services.store.GetSighting(*id, stored.sequence));
  if (correction.plate) {
    services.live_conflicts.Recheck(stored.plate_before);
    services.live_conflicts.Recheck(corrected.sighting.plate);
  }
  return SightingResponse(corrected, {}, stored.sequence);
}

Awaitable<Status> PatchSighting(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJsonPatch(call));
  auto correct = [&] { return CorrectSighting(services, call); };
  co_return co_await Answer(services, call, correct);
}

}  // namespace

std::vector<Endpoint> SightingEndpoints() {
  return {
      {.method = "POST",
       .path = "/v1/sightings",
       .name = "post_sightings",
       .run = PostSightings,
       .allowed = {Role::kOwner, Role::kWriter},
       .body = BodyUse::kStream,
       .unbounded = true,
       .logs_storage_errors = true},  // ingest does, once a batch
      {.method = "GET",
       .path = "/v1/sightings/{id}",
       .name = "get_sighting",
       .run = GetSighting,
       .allowed = {Role::kOwner, Role::kReader, Role::kCorrector},
       .recording = Recording::kReading},
      {.method = "PATCH",
       .path = "/v1/sightings/{id}",
       .name = "patch_sighting",
       .run = PatchSighting,
       .allowed = {Role::kOwner, Role::kCorrector},
       .recording = Recording::kReading,
       .records_detail = true,
       .body = BodyUse::kDocument},
  };
}

}  // namespace sightline::server
