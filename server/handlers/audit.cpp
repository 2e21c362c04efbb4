// /v1/audit
#include <limits>
#include <utility>

#include "api/json_writer.h"
#include "api/page_token.h"
#include "api/parameters.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

// The stored object with its number as the first member.
std::string Numbered(uint64_t number, std::string_view record) {
  return "{\"number\":" + std::to_string(number) + "," + std::string(record.substr(1));
}

// Newest first; a page goes on below the number of the last record of the page before.
Result<Response> ListAudit(const Services& services, const Request& request) {
  constexpr std::string_view kQuestion = "audit";
  SIGHTLINE_RETURN_IF_ERROR(request.RequireKnownParameters({"limit", "page_token"}));
  SIGHTLINE_ASSIGN(const size_t limit, LimitParameter(request));
  SIGHTLINE_ASSIGN(const PageStart start, PageStartOfParameters(services, request, kQuestion));
  uint64_t before = 0;
  if (!start.position.empty()) {
    SIGHTLINE_ASSIGN(before, api::ParseUintParameter(start.position, "page_token", 1,
                                                     std::numeric_limits<uint64_t>::max()));
  }
  SIGHTLINE_ASSIGN(auto records, services.store.ReadAudit(before, limit + 1));
  const bool more = records.size() > limit;
  if (more) records.resize(limit);

  const Sequence as_of = services.store.VisibleSequence();
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("records").BeginArray();
  for (const auto& [number, record] : records) {
    json.Raw(Numbered(number, record));
  }
  json.EndArray();
  if (more) {
    const std::string last = std::to_string(records.back().first);
    json.Key("next_page_token")
        .String(api::EncodePageToken({.as_of = as_of, .position = last}, kQuestion));
  }
  json.Key("as_of").Uint(as_of).EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> GetAudit(const Services& services, Call& call) {
  auto list = [&] { return ListAudit(services, call.request); };
  co_return co_await Answer(services, call, list);
}

}  // namespace

std::vector<Endpoint> AuditEndpoints() {
  return {{.method = "GET",
           .path = "/v1/audit",
           .name = "list_audit",
           .run = GetAudit,
           .allowed = {Role::kOwner, Role::kAuditor},
           .recording = Recording::kTrail}};
}

}  // namespace sightline::server
