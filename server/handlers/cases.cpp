// /v1/cases, /v1/cases/{id}
#include <fmt/format.h>

#include <limits>
#include <optional>
#include <utility>

#include "api/case_json.h"
#include "api/json_writer.h"
#include "server/coroutine_error.h"
#include "server/handlers/case_answers.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/held_list.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

Response AnswerWithCase(const Services& services, const CaseRecord& record, int status = 200) {
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  WriteCaseMembers(json, record);
  json.Key("as_of").Uint(services.store.VisibleSequence()).EndObject();
  return CaseResponse(record, std::move(body), status);
}

Result<Response> CreateCase(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const api::CaseChange change, api::ParseNewCase(call.document));
  SIGHTLINE_ASSIGN(const auto record, services.cases.Create(change, AuthorOf(call)));
  Response response = AnswerWithCase(services, *record, 201);
  response.headers.emplace_back("Location", "/v1/cases/" + record->id);
  return response;
}

Awaitable<Status> PostCase(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  auto create = [&] { return CreateCase(services, call); };
  co_return co_await Answer(services, call, create);
}

// Grows from the newest case to the oldest, as the list does.
std::string PositionOf(const CaseRecord& record) {
  return fmt::format("{:020}{}", std::numeric_limits<int64_t>::max() - record.created.value,
                     record.id);
}

Result<Response> ListCases(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(request.RequireKnownParameters({"status", "limit", "page_token"}));
  std::optional<api::CaseStatus> status;
  const std::string_view status_name = request.Parameter("status").value_or("");
  if (request.Parameter("status")) {
    SIGHTLINE_ASSIGN(status, api::ParseCaseStatus(status_name, "status"));
  }
  SIGHTLINE_ASSIGN(const size_t limit, LimitParameter(request));
  const std::string question = fmt::format("cases {}", status_name);
  SIGHTLINE_ASSIGN(const PageStart start, PageStartOfParameters(services, request, question));

  const Sequence as_of = services.store.VisibleSequence();
  std::string body;
  api::JsonWriter json(body);
  auto cases = services.cases.List();
  std::erase_if(cases, [&](const auto& record) { return status && record->status() != *status; });
  json.BeginObject();
  SIGHTLINE_RETURN_IF_ERROR(WriteHeldPage(
      json,
      {.member = "cases",
       .question = question,
       .after = start.position,
       .limit = limit,
       .as_of = as_of},
      cases, [](const auto& record) { return PositionOf(*record); },
      [](api::JsonWriter& out, const auto& record) -> Status {
        WriteCaseMembers(out, *record);
        return Ok();
      }));
  json.Key("as_of").Uint(as_of).EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> GetCases(const Services& services, Call& call) {
  auto list = [&] { return ListCases(services, call.request); };
  co_return co_await Answer(services, call, list);
}

Result<Response> ShowCase(const Services& services, const std::string& id) {
  SIGHTLINE_ASSIGN(const auto record, services.cases.Find(id));
  SIGHTLINE_ASSIGN(const auto queries, services.cases.Queries(id));
  SIGHTLINE_ASSIGN(const auto sightings, services.cases.Sightings(id));
  SIGHTLINE_ASSIGN(const auto notes, services.cases.Notes(id));
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  WriteCaseMembers(json, *record);
  json.Key("counts").BeginObject().Key("queries").Uint(queries.size());
  json.Key("sightings").Uint(sightings.size()).Key("notes").Uint(notes.size()).EndObject();
  json.Key("as_of").Uint(services.store.VisibleSequence()).EndObject();
  return CaseResponse(*record, std::move(body));
}

Awaitable<Status> GetCase(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto show = [&] { return ShowCase(services, call.request.path_values.front()); };
  co_return co_await Answer(services, call, show);
}

Result<Response> ChangeCase(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const api::CaseChange change, api::ParseCaseChange(call.document));
  const auto record = services.cases.Change(call.request.path_values.front(), change,
                                            IfMatchOf(call), AuthorOf(call));
  if (!record) return RefusalOf(record.error());
  return AnswerWithCase(services, **record);
}

Awaitable<Status> PatchCase(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJsonPatch(call));
  auto change = [&] { return ChangeCase(services, call); };
  co_return co_await Answer(services, call, change);
}

Awaitable<Status> DeleteCase(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto remove = [&]() -> Result<Response> {
    const Status deleted =
        services.cases.Delete(call.request.path_values.front(), IfMatchOf(call));
    if (!deleted) return RefusalOf(deleted.error());
    return Response{.status = 204};
  };
  co_return co_await Answer(services, call, remove);
}

}  // namespace

std::vector<Endpoint> CaseEndpoints() {
  const RoleSet readers = {Role::kOwner, Role::kReader};
  return {
      {.method = "POST",
       .path = "/v1/cases",
       .name = "post_case",
       .run = PostCase,
       .allowed = readers,
       .recording = Recording::kReading,
       .body = BodyUse::kDocument},
      {.method = "GET",
       .path = "/v1/cases",
       .name = "list_cases",
       .run = GetCases,
       .allowed = readers,
       .recording = Recording::kReading},
      {.method = "GET",
       .path = "/v1/cases/{id}",
       .name = "get_case",
       .run = GetCase,
       .allowed = readers,
       .recording = Recording::kReading},
      {.method = "PATCH",
       .path = "/v1/cases/{id}",
       .name = "patch_case",
       .run = PatchCase,
       .allowed = readers,
       .recording = Recording::kReading,
       .body = BodyUse::kDocument},
      {.method = "DELETE",
       .path = "/v1/cases/{id}",
       .name = "delete_case",
       .run = DeleteCase,
       .allowed = {Role::kOwner},
       .recording = Recording::kReading},
  };
}

}  // namespace sightline::server
