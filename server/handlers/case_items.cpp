// /v1/cases/{id}/queries, …/sightings, …/notes
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/case_json.h"
#include "api/json_writer.h"
#include "api/page_token.h"
#include "api/sighting_json.h"
#include "server/coroutine_error.h"
#include "server/handlers/case_answers.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/held_list.h"
#include "server/handlers/reply.h"
#include "server/handlers/saved_query.h"

namespace sightline::server {
namespace {

const std::string& CaseIdOf(const Call& call) { return call.request.path_values[0]; }
const std::string& ItemIdOf(const Call& call) { return call.request.path_values[1]; }

// --- lists ---------------------------------------------------------------------------------------

std::string PositionOf(const CaseItem& item) {
  return fmt::format("{:020}{}", item.added.value, item.id);
}

// One page of a case's items of a kind, each written by write(json, item, as_of).
template <typename Item, typename Write>
Result<Response> ListItems(const Services& services, const Call& call, std::string_view kind,
                           Result<std::vector<Item>> (CaseBook::*items)(std::string_view) const,
                           Write write) {
  SIGHTLINE_RETURN_IF_ERROR(
      call.request.RequireKnownParameters({"limit", "page_token", "as_of"}));
  SIGHTLINE_ASSIGN(const size_t limit, LimitParameter(call.request));
  const std::string question = fmt::format("case {} {}", CaseIdOf(call), kind);
  SIGHTLINE_ASSIGN(const PageStart start, PageStartOfParameters(services, call.request, question));
  const Sequence as_of = start.as_of.value_or(services.store.VisibleSequence());
  SIGHTLINE_ASSIGN(const auto record, services.cases.Find(CaseIdOf(call)));
  SIGHTLINE_ASSIGN(const std::vector<Item> all, (services.cases.*items)(CaseIdOf(call)));

  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  SIGHTLINE_RETURN_IF_ERROR(WriteHeldPage(
      json,
      {.member = kind,
       .question = question,
       .after = start.position,
       .limit = limit,
       .as_of = as_of},
      all, [](const Item& item) { return PositionOf(item); },
      [&](api::JsonWriter& out, const Item& item) { return write(out, item, as_of); }));
  json.Key("revision").Uint(record->revision);
  json.Key("as_of").Uint(as_of).EndObject();
  return CaseResponse(*record, std::move(body));
}

Awaitable<Status> GetQueries(const Services& services, Call& call) {
  auto list = [&] {
    return ListItems(services, call, "queries", &CaseBook::Queries,
                     [](api::JsonWriter& json, const CaseQuery& query, Sequence) -> Status {
                       WriteQueryMembers(json, query);
                       return Ok();
                     });
  };
  co_return co_await Answer(services, call, list);
}

Awaitable<Status> GetNotes(const Services& services, Call& call) {
  auto list = [&] {
    return ListItems(services, call, "notes", &CaseBook::Notes,
                     [](api::JsonWriter& json, const CaseNote& note, Sequence) -> Status {
                       WriteNoteMembers(json, note);
                       return Ok();
                     });
  };
  co_return co_await Answer(services, call, list);
}

Awaitable<Status> GetSightings(const Services& services, Call& call) {
  auto list = [&] {
    return ListItems(
        services, call, "sightings", &CaseBook::Sightings,
        [&](api::JsonWriter& json, const CaseSighting& ticked, Sequence as_of) {
          return WriteTickedMembers(json, ticked, services.store, as_of, /*with_copy=*/false);
        });
  };
  co_return co_await Answer(services, call, list);
}

// --- additions -----------------------------------------------------------------------------------

// 201 with the item's members, the case's revision and where it is.
template <typename Item, typename Write>
Response CreatedItem(const Services& services, const CaseBook::Added<Item>& added,
                     std::string_view kind, Write write) {
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  write(json, added.item);
  json.Key("revision").Uint(added.record->revision);
  json.Key("as_of").Uint(services.store.VisibleSequence()).EndObject();
  Response response = CaseResponse(*added.record, std::move(body), 201);
  response.headers.emplace_back(
      "Location", fmt::format("/v1/cases/{}/{}/{}", added.record->id, kind, added.item.id));
  return response;
}

Result<Response> AddQuery(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const api::SavedQuery query, api::ParseSavedQuery(call.document));
  SIGHTLINE_RETURN_IF_ERROR(CheckSavedQuery(services, query));
  const auto added =
      services.cases.AddQuery(CaseIdOf(call), query, IfMatchOf(call), AuthorOf(call));
  if (!added) return RefusalOf(added.error());
  return CreatedItem(services, *added, "queries", WriteQueryMembers);
}

Result<Response> AddNote(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const std::string text, api::ParseNote(call.document));
  const auto added = services.cases.AddNote(CaseIdOf(call), text, IfMatchOf(call), AuthorOf(call));
  if (!added) return RefusalOf(added.error());
  return CreatedItem(services, *added, "notes", WriteNoteMembers);
}

// The sightings as they are now; kNotFound, with its place in the body, for one that is not stored.
Result<std::vector<CaseSighting>> CopySightings(const Services& services,
                                                const std::vector<api::TickedSighting>& ticked) {
  const Sequence as_of = services.store.VisibleSequence();
  std::vector<CaseSighting> copies;
  for (const api::TickedSighting& one : ticked) {
    const Result<StoredSighting> stored = services.store.GetSighting(one.id, as_of);
    if (!stored) {
      Error error = stored.error();
      error.field = fmt::format("/sightings/{}/id", copies.size());
      return error;
    }
    CaseSighting& copy = copies.emplace_back();
    copy.id = one.id.ToString();
    copy.note = one.note;
    copy.seen_as_of = as_of;
    api::JsonWriter json(copy.seen);
    api::WriteSighting(json, *stored, {.vectors = true});
  }
  return copies;
}

Result<Response> AddSightings(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const auto ticked, api::ParseTickedSightings(call.document));
  SIGHTLINE_RETURN_IF_ERROR(services.cases.Find(CaseIdOf(call)));
  SIGHTLINE_ASSIGN(const std::vector<CaseSighting> copies, CopySightings(services, ticked));
  const auto outcome =
      services.cases.AddSightings(CaseIdOf(call), copies, IfMatchOf(call), AuthorOf(call));
  if (!outcome) return RefusalOf(outcome.error());
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("added").Uint(outcome->added).Key("already").Uint(outcome->already);
  json.Key("revision").Uint(outcome->record->revision);
  json.Key("as_of").Uint(services.store.VisibleSequence()).EndObject();
  return CaseResponse(*outcome->record, std::move(body));
}

template <Result<Response> (*kAdd)(const Services&, const Call&)>
Awaitable<Status> PostItem(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  auto add = [&] { return kAdd(services, call); };
  co_return co_await Answer(services, call, add);
}

// --- one item ------------------------------------------------------------------------------------

Result<Response> ShowQuery(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const auto record, services.cases.Find(CaseIdOf(call)));
  SIGHTLINE_ASSIGN(const auto queries, services.cases.Queries(CaseIdOf(call)));
  const auto found = std::ranges::find(queries, ItemIdOf(call), &CaseQuery::id);
  if (found == queries.end()) return NotFound("the case holds no such query");
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  WriteQueryMembers(json, *found);
  json.Key("revision").Uint(record->revision);
  json.Key("as_of").Uint(services.store.VisibleSequence()).EndObject();
  return CaseResponse(*record, std::move(body));
}

Awaitable<Status> GetQuery(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto show = [&] { return ShowQuery(services, call); };
  co_return co_await Answer(services, call, show);
}

template <CaseBook::Kind kKind>
Awaitable<Status> DeleteItem(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto remove = [&]() -> Result<Response> {
    const auto record = services.cases.RemoveItem(CaseIdOf(call), kKind, ItemIdOf(call),
                                                  IfMatchOf(call), AuthorOf(call));
    if (!record) return RefusalOf(record.error());
    Response response = CaseResponse(**record, {}, 204);
    std::erase_if(response.headers,
                  [](const auto& header) { return header.first == "Content-Type"; });
    return response;
  };
  co_return co_await Answer(services, call, remove);
}

Endpoint ItemEndpoint(std::string_view method, std::string_view path, std::string_view name,
                      EndpointFunction run) {
  return {.method = method,
          .path = path,
          .name = name,
          .run = run,
          .allowed = {Role::kOwner, Role::kReader},
          .recording = Recording::kReading,
          .body = method == "POST" ? BodyUse::kDocument : BodyUse::kNone};
}

}  // namespace

std::vector<Endpoint> CaseItemEndpoints() {
  using Kind = CaseBook::Kind;
  return {
      ItemEndpoint("POST", "/v1/cases/{id}/queries", "post_case_query", PostItem<AddQuery>),
      ItemEndpoint("GET", "/v1/cases/{id}/queries", "list_case_queries", GetQueries),
      ItemEndpoint("GET", "/v1/cases/{id}/queries/{query}", "get_case_query", GetQuery),
      ItemEndpoint("DELETE", "/v1/cases/{id}/queries/{query}", "delete_case_query",
                   DeleteItem<Kind::kQuery>),
      ItemEndpoint("POST", "/v1/cases/{id}/sightings", "post_case_sightings",
                   PostItem<AddSightings>),
      ItemEndpoint("GET", "/v1/cases/{id}/sightings", "list_case_sightings", GetSightings),
      ItemEndpoint("DELETE", "/v1/cases/{id}/sightings/{sighting}", "delete_case_sighting",
                   DeleteItem<Kind::kSighting>),
      ItemEndpoint("POST", "/v1/cases/{id}/notes", "post_case_note", PostItem<AddNote>),
      ItemEndpoint("GET", "/v1/cases/{id}/notes", "list_case_notes", GetNotes),
      ItemEndpoint("DELETE", "/v1/cases/{id}/notes/{note}", "delete_case_note",
                   DeleteItem<Kind::kNote>),
  };
}

}  // namespace sightline::server
