// /v1/search/sightings
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>

#include "api/json_writer.h"
#include "api/page_token.h"
#include "api/search_json.h"
#include "api/sighting_json.h"
#include "query/sighting_search.h"
#include "server/coroutine_error.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/position.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

// Rows of one piece of a streamed answer.
constexpr size_t kStreamRows = 500;

struct SearchQuestion {
  api::SearchSightingsBody body;
  api::SightingFields fields;
  std::string text;  // for page tokens
  query::SearchRequest request;
};

Result<SearchQuestion> ParseQuestion(const Services& services, const Call& call) {
  SIGHTLINE_RETURN_IF_ERROR(call.request.RequireKnownParameters({"include", "fields"}));
  SIGHTLINE_RETURN_IF_ERROR(RequireJson(call));
  SearchQuestion question;
  SIGHTLINE_ASSIGN(question.fields,
                   api::ParseSightingFields(call.request.Parameter("include").value_or(""),
                                            call.request.Parameter("fields").value_or("")));
  SIGHTLINE_ASSIGN(question.body, api::ParseSearchSightings(call.document));
  const api::SearchSightingsBody& body = question.body;
  question.text = "search " +
                  std::string(body.order == TimeOrder::kAscending ? "time_asc " : "time_desc ") +
                  api::CanonicalFilter(body.filter);
  SIGHTLINE_ASSIGN(const PageStart start, ReadPageStart(body.page_token, question.text, body.as_of,
                                                        "/page_token", "/as_of"));
  if (start.as_of) {
    SIGHTLINE_RETURN_IF_ERROR(
        CheckAsOf(services, *start.as_of, body.as_of ? "/as_of" : "/page_token"));
  }
  question.request = {.filter = body.filter, .order = body.order, .as_of = start.as_of};
  if (!start.position.empty()) {
    SIGHTLINE_ASSIGN(question.request.after, DecodePosition(start.position, "/page_token"));
  }
  return question;
}

struct SearchPage {
  std::vector<StoredSighting> rows;
  std::string next_page_token;  // empty: this is the last page
  Sequence as_of = 0;
  query::SearchCost cost;
};

Result<SearchPage> FindPage(const Services& services, const SearchQuestion& question,
                            const Cancellation& cancellation) {
  query::SightingSearch search(services.store, question.request, cancellation);
  SearchPage page;
  const size_t limit = question.body.limit;
  // One more than wanted, to know whether there is a next page.
  while (page.rows.size() <= limit) {
    SIGHTLINE_ASSIGN(std::vector<StoredSighting> batch, search.Next(limit + 1 - page.rows.size()));
    if (batch.empty()) break;
    std::move(batch.begin(), batch.end(), std::back_inserter(page.rows));
  }
  page.as_of = search.as_of();
  page.cost = search.cost();
  if (page.rows.size() > limit) {
    page.rows.resize(limit);
    page.next_page_token = api::EncodePageToken(
        {.as_of = page.as_of, .position = EncodePosition(page.rows.back())}, question.text);
  }
  return page;
}

void WriteExplain(api::JsonWriter& json, const query::SearchCost& cost) {
  json.Key("explain").BeginObject();
  json.Key("path").String(cost.path);
  json.Key("days").Uint(cost.days);
  json.Key("rows_scanned").Uint(cost.rows_scanned);
  json.Key("records_read").Uint(cost.records_read);
  json.EndObject();
}

std::string PageAsJson(const SearchPage& page, const SearchQuestion& question) {
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("sightings").BeginArray();
  for (const StoredSighting& row : page.rows) api::WriteSighting(json, row, question.fields);
  json.EndArray();
  if (!page.next_page_token.empty()) json.Key("next_page_token").String(page.next_page_token);
  json.Key("as_of").Uint(page.as_of);
  if (question.body.explain) WriteExplain(json, page.cost);
  json.EndObject();
  return body;
}

// One sighting a line.
void AppendLines(const std::vector<StoredSighting>& rows, const api::SightingFields& fields,
                 std::string& out) {
  for (const StoredSighting& row : rows) {
    {
      api::JsonWriter json(out);
      api::WriteSighting(json, row, fields);
    }
    out += '\n';
  }
}

Awaitable<Status> SendPage(const Services& services, Call& call, const SearchQuestion& question,
                           bool as_lines) {
  const auto deadline = std::chrono::steady_clock::now() +
                        std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                            std::chrono::duration<double>(services.config.query_timeout_s));
  const Cancellation cancellation = call.cancellation.WithDeadline(deadline);
  Response response = JsonResponse({});
  auto find = [&]() -> Status {
    SIGHTLINE_ASSIGN(const SearchPage page, FindPage(services, question, cancellation));
    if (!as_lines) {
      response.body = PageAsJson(page, question);
      return Ok();
    }
    response.headers = {{"Content-Type", std::string(kNdjsonType)},
                        {"X-As-Of", std::to_string(page.as_of)}};
    if (!page.next_page_token.empty()) {
      response.headers.emplace_back("X-Next-Page-Token", page.next_page_token);
    }
    AppendLines(page.rows, question.fields, response.body);
    return Ok();
  };
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await services.workers.Run(find));
  co_return co_await call.out.Send(std::move(response));
}

// All rows, a line each, in pieces; as long as the client takes them.
Awaitable<Status> StreamLines(const Services& services, Call& call,
                              const SearchQuestion& question) {
  query::SightingSearch search(services.store, question.request, call.cancellation);
  std::string piece;
  auto next = [&]() -> Status {
    piece.clear();
    SIGHTLINE_ASSIGN(const std::vector<StoredSighting> rows, search.Next(kStreamRows));
    AppendLines(rows, question.fields, piece);
    return Ok();
  };
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await services.workers.Run(next));
  Response head{.headers = {{"Content-Type", std::string(kNdjsonType)},
                            {"X-As-Of", std::to_string(search.as_of())}}};
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await call.out.Begin(std::move(head)));
  while (!piece.empty()) {
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await call.out.Write(piece));
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await services.workers.RunNext(next));
  }
  co_return co_await call.out.End();
}

Awaitable<Status> SearchSightings(const Services& services, Call& call) {
  constexpr std::string_view kOffered[] = {kJsonType, kNdjsonType};
  const auto type = NegotiateMediaType(call.request.Header("accept"), kOffered);
  if (!type) {
    Response refusal = NotAcceptable("application/json or application/x-ndjson");
    co_return co_await call.out.Send(std::move(refusal));
  }
  SIGHTLINE_CO_ASSIGN(const SearchQuestion question, ParseQuestion(services, call));
  const bool as_lines = kOffered[*type] == kNdjsonType;
  if (as_lines && question.body.explain) {
    co_return InvalidArgument(
        "explain has no place in an answer of application/x-ndjson; accept application/json",
        "/explain");
  }
  if (as_lines && !question.body.limit_given) {
    co_return co_await StreamLines(services, call, question);
  }
  co_return co_await SendPage(services, call, question, as_lines);
}

}  // namespace

std::vector<Endpoint> SearchEndpoints() {
  return {{.method = "POST",
           .path = "/v1/search/sightings",
           .name = "search_sightings",
           .run = SearchSightings,
           .allowed = {Role::kOwner, Role::kReader},
           .recording = Recording::kReading,
           .body = BodyUse::kDocument,
           .unbounded = true}};
}

}  // namespace sightline::server
