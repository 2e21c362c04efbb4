// /v1/tokens
#include <fmt/format.h>

#include <utility>

#include "api/json_writer.h"
#include "api/token_json.h"
#include "server/coroutine_error.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/held_list.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

void WriteTokenMembers(api::JsonWriter& json, const TokenRecord& token) {
  json.Key("id").String(token.id);
  json.Key("name").String(token.name);
  json.Key("roles").BeginArray();
  for (const std::string_view role : token.roles.Names()) json.String(role);
  json.EndArray();
  json.Key("created").Time(token.created);
  if (token.expires) json.Key("expires").Time(*token.expires);
  if (!token.standing_purpose.empty()) json.Key("standing_purpose").String(token.standing_purpose);
}

Result<Response> CreateToken(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const api::TokenRequest request, api::ParseTokenRequest(call.document));
  SIGHTLINE_ASSIGN(const Auth::NewToken created, services.auth.Create(request));
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  WriteTokenMembers(json, *created.record);
  json.Key("token").String(created.text);
  json.Key("as_of").Uint(services.store.VisibleSequence());
  json.EndObject();
  return JsonResponse(std::move(body), 201);
}

Awaitable<Status> PostToken(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  auto create = [&] { return CreateToken(services, call); };
  co_return co_await Answer(services, call, create);
}

// The order of the list: by creation, then id.
std::string PositionOf(const TokenRecord& token) {
  return fmt::format("{:020}{}", token.created.value, token.id);
}

Awaitable<Status> GetTokens(const Services& services, Call& call) {
  constexpr std::string_view kQuestion = "tokens";
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({"limit", "page_token"}));
  SIGHTLINE_CO_ASSIGN(const size_t limit, LimitParameter(call.request));
  SIGHTLINE_CO_ASSIGN(const PageStart start,
                      PageStartOfParameters(services, call.request, kQuestion));
  const Sequence as_of = services.store.VisibleSequence();
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  SIGHTLINE_CO_RETURN_IF_ERROR(WriteHeldPage(
      json,
      {.member = "tokens",
       .question = kQuestion,
       .after = start.position,
       .limit = limit,
       .as_of = as_of},
      services.auth.List(), [](const auto& token) { return PositionOf(*token); },
      [](api::JsonWriter& out, const auto& token) -> Status {
        WriteTokenMembers(out, *token);
        return Ok();
      }));
  json.Key("as_of").Uint(as_of).EndObject();
  Response response = JsonResponse(std::move(body));
  co_return co_await call.out.Send(std::move(response));
}

Awaitable<Status> DeleteToken(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto revoke = [&] { return services.auth.Revoke(call.request.path_values.front()); };
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await services.workers.Run(revoke));
  Response response{.status = 204};
  co_return co_await call.out.Send(std::move(response));
}

}  // namespace

std::vector<Endpoint> TokenEndpoints() {
  const RoleSet owner = {Role::kOwner};
  return {
      {.method = "POST",
       .path = "/v1/tokens",
       .name = "post_token",
       .run = PostToken,
       .allowed = owner,
       .recording = Recording::kChange,
       .body = BodyUse::kDocument},
      {.method = "GET",
       .path = "/v1/tokens",
       .name = "list_tokens",
       .run = GetTokens,
       .allowed = owner},
      {.method = "DELETE",
       .path = "/v1/tokens/{id}",
       .name = "delete_token",
       .run = DeleteToken,
       .allowed = owner,
       .recording = Recording::kChange},
  };
}

}  // namespace sightline::server
