// /v1/search/sightings
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "api/filter_json.h"
#include "api/json_writer.h"
#include "api/page_token.h"
#include "api/search_json.h"
#include "api/sighting_json.h"
#include "query/plate_reading_model.h"
#include "query/sighting_search.h"
#include "server/coroutine_error.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/lines.h"
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
  // Of the first page, so that a model learned meanwhile does not reorder the pages after it.
  std::shared_ptr<const query::PlateReadingModel> model;
};

Result<SearchQuestion> ParseQuestion(const Services& services, const Request& http,
                                     std::string_view document) {
  SIGHTLINE_RETURN_IF_ERROR(http.RequireKnownParameters({"include", "fields"}));
  SearchQuestion question;
  SIGHTLINE_ASSIGN(question.fields,
                   api::ParseSightingFields(http.Parameter("include").value_or(""),
                                            http.Parameter("fields").value_or("")));
  SIGHTLINE_ASSIGN(question.body, api::ParseSearchSightings(document));
  const api::SearchSightingsBody& body = question.body;
  question.text = "search " + std::string(api::OrderName(body.order)) + " " +
                  api::CanonicalFilter(body.filter);
  SIGHTLINE_ASSIGN(const PageStart start, ReadPageStart(body.page_token, question.text, body.as_of,
                                                        "/page_token", "/as_of"));
  if (start.as_of) {
    SIGHTLINE_RETURN_IF_ERROR(
        CheckAsOf(services, *start.as_of, body.as_of ? "/as_of" : "/page_token"));
  }
  question.model = services.reading_models.Current();
  question.request = {.filter = body.filter, .order = body.order, .as_of = start.as_of};
  if (!start.position.empty()) {
    SIGHTLINE_ASSIGN(DecodedPosition after,
                     DecodePosition(start.position, body.order, "/page_token"));
    question.request.after = std::move(after.position);
    question.model = services.reading_models.Find(after.model_version);
  }
  return question;
}

Status CheckQuestion(const Services& services, const Request& http, std::string_view document) {
  SIGHTLINE_ASSIGN(const SearchQuestion question, ParseQuestion(services, http, document));
  if (question.body.page_token.empty()) return Ok();
  return InvalidArgument("a question that is kept starts at its first page", "/page_token");
}

struct SearchPage {
  std::vector<query::FoundSighting> rows;
  std::string next_page_token;  // empty: this is the last page
  Sequence as_of = 0;
  query::SearchCost cost;
};

Result<SearchPage> FindPage(const Services& services, const SearchQuestion& question,
                            const Cancellation& cancellation) {
  query::SightingSearch search(services.QuestionSources(question.model), question.request, cancellation);
  SearchPage page;
  const size_t limit = question.body.limit;
  // One more than wanted, to know whether there is a next page.
  while (page.rows.size() <= limit) {
    SIGHTLINE_ASSIGN(std::vector<query::FoundSighting> batch,
                     search.Next(limit + 1 - page.rows.size()));
    if (batch.empty()) break;
    std::move(batch.begin(), batch.end(), std::back_inserter(page.rows));
  }
  page.as_of = search.as_of();
  page.cost = search.cost();
  if (page.rows.size() > limit) {
    page.rows.resize(limit);
    page.next_page_token = api::EncodePageToken(
        {.as_of = page.as_of,
         .position = EncodePosition(query::PositionOf(page.rows.back()), question.body.order,
                                    question.model->version())},
        question.text);
  }
  return page;
}

void WriteRow(api::JsonWriter& json, const query::FoundSighting& row,
              const api::SightingFields& fields) {
  json.BeginObject();
  api::WriteSightingMembers(json, row.sighting, fields);
  if (row.match) {
    api::WriteMatchMember(json, row.match->probability, row.match->differences, fields);
  }
  json.EndObject();
}

void WriteExplain(api::JsonWriter& json, const query::SearchCost& cost) {
  json.Key("explain").BeginObject();
  json.Key("path").String(query::SearchPathName(cost.path));
  json.Key("paths").BeginArray();
  for (const query::PathEstimate& estimate : cost.estimates) {
    json.BeginObject().Key("path").String(query::SearchPathName(estimate.path));
    json.Key("days_considered").Uint(estimate.days_considered);
    json.Key("days_chosen").Uint(estimate.days_chosen);
    json.Key("rows").Uint(estimate.rows);
    json.Key("records").Uint(estimate.records);
    json.Key("microseconds").Uint(estimate.microseconds).EndObject();
  }
  json.EndArray();
  json.Key("days").Uint(cost.days);
  json.Key("segments").Uint(cost.segments);
  json.Key("rows_scanned").Uint(cost.rows_scanned);
  json.Key("rows_pruned").Uint(cost.rows_pruned);
  json.Key("plates").Uint(cost.plates);
  json.Key("records_read").Uint(cost.records_read);
  json.Key("microseconds").Uint(cost.microseconds);
  json.EndObject();
}

std::string PageAsJson(const SearchPage& page, const SearchQuestion& question) {
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("sightings").BeginArray();
  for (const query::FoundSighting& row : page.rows) WriteRow(json, row, question.fields);
  json.EndArray();
  if (!page.next_page_token.empty()) json.Key("next_page_token").String(page.next_page_token);
  json.Key("as_of").Uint(page.as_of);
  if (question.body.explain) WriteExplain(json, page.cost);
  json.EndObject();
  return body;
}

// One sighting a line.
void AppendRows(const std::vector<query::FoundSighting>& rows, const SearchQuestion& question,
                std::string& out) {
  AppendLines(
      rows,
      [&](api::JsonWriter& json, const query::FoundSighting& row) {
        WriteRow(json, row, question.fields);
      },
      out);
}

Result<Response> BuildPage(const Services& services, const SearchQuestion& question, bool as_lines,
                           const Cancellation& cancellation) {
  SIGHTLINE_ASSIGN(const SearchPage page, FindPage(services, question, cancellation));
  if (!as_lines) return JsonResponse(PageAsJson(page, question));
  Response response = LinesResponse(page.as_of, page.next_page_token);
  AppendRows(page.rows, question, response.body);
  return response;
}

// All rows, a line each, in pieces.
Awaitable<Status> StreamAll(const Services& services, Call& call, const SearchQuestion& question) {
  query::SightingSearch search(services.QuestionSources(question.model), question.request, call.cancellation);
  auto next = [&](std::string& piece) -> Status {
    SIGHTLINE_ASSIGN(const std::vector<query::FoundSighting> rows, search.Next(kStreamRows));
    AppendRows(rows, question, piece);
    return Ok();
  };
  co_return co_await StreamLines(services, call, [&] { return search.as_of(); }, next);
}

Awaitable<Status> SearchSightings(const Services& services, Call& call) {
  constexpr std::string_view kOffered[] = {kJsonType, kNdjsonType};
  SIGHTLINE_CO_ASSIGN(const auto type, co_await ChooseMediaType(call, kOffered));
  if (!type) co_return Ok();
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  SIGHTLINE_CO_ASSIGN(const SearchQuestion question,
                      ParseQuestion(services, call.request, call.document));
  const bool as_lines = kOffered[*type] == kNdjsonType;
  SIGHTLINE_CO_RETURN_IF_ERROR(CheckExplain(as_lines, question.body.explain));
  if (as_lines && !question.body.limit_given) {
    co_return co_await StreamAll(services, call, question);
  }
  const Cancellation cancellation = call.cancellation.WithDeadline(QueryDeadline(services));
  auto build = [&] { return BuildPage(services, question, as_lines, cancellation); };
  co_return co_await Answer(services, call, build);
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
           .unbounded = true,
           .check = CheckQuestion}};
}

}  // namespace sightline::server
