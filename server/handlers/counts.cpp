// /v1/stats/counts
#include <fmt/format.h>

#include <string>
#include <utility>

#include "api/counts_json.h"
#include "api/json_writer.h"
#include "query/counts.h"
#include "server/coroutine_error.h"
#include "server/handlers/table_answer.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

struct CountQuestion {
  api::CountsBody body;
  query::CountRequest request;
};

Result<CountQuestion> MakeQuestion(const Services& services, api::CountsBody body,
                                   std::string_view prefix) {
  SIGHTLINE_ASSIGN(TimeZone zone, ZoneOf(services, body.time_zone, prefix));
  if (body.as_of) {
    SIGHTLINE_RETURN_IF_ERROR(CheckAsOf(services, *body.as_of, fmt::format("{}as_of", prefix)));
  }
  CountQuestion question{.body = std::move(body), .request = {.zone = std::move(zone)}};
  question.request.filter = question.body.filter;
  for (const api::NamedCountKey& key : question.body.group_by) {
    question.request.group_by.push_back(key.key);
  }
  question.request.as_of = question.body.as_of;
  question.request.fills = question.body.fills;
  question.request.max_rows = question.body.max_rows;
  return question;
}

Result<CountQuestion> ParseBody(const Services& services, const Request& http,
                                std::string_view document) {
  SIGHTLINE_RETURN_IF_ERROR(http.RequireKnownParameters({"format"}));
  SIGHTLINE_ASSIGN(api::CountsBody body, api::ParseCounts(document));
  return MakeQuestion(services, std::move(body), "/");
}

Result<CountQuestion> ParseParameters(const Services& services, const Request& http,
                                      std::string_view) {
  SIGHTLINE_ASSIGN(api::CountsBody body, api::ParseCountParameters(http.parameters));
  return MakeQuestion(services, std::move(body), "");
}

Status CheckBody(const Services& services, const Request& http, std::string_view document) {
  SIGHTLINE_RETURN_IF_ERROR(ParseBody(services, http, document));
  return Ok();
}

Status CheckParameters(const Services& services, const Request& http, std::string_view document) {
  SIGHTLINE_RETURN_IF_ERROR(ParseParameters(services, http, document));
  return Ok();
}

Table TableOf(const CountQuestion& question, query::CountAnswer answer) {
  Table table;
  for (const api::NamedCountKey& key : question.body.group_by) table.columns.push_back(key.name);
  table.columns.insert(table.columns.end(), {"count", "distinct_plates"});
  for (query::CountRow& row : answer.rows) {
    std::vector<TableCell> cells = std::move(row.key);
    cells.emplace_back(static_cast<int64_t>(row.count));
    cells.emplace_back(static_cast<int64_t>(row.distinct_plates));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

using Parse = Result<CountQuestion> (*)(const Services&, const Request&, std::string_view);

Awaitable<Status> AnswerCounts(const Services& services, Call& call, Parse parse) {
  SIGHTLINE_CO_ASSIGN(const CountQuestion question, parse(services, call.request, call.document));
  SIGHTLINE_CO_ASSIGN(const auto format, co_await ChooseTableFormat(call));
  if (!format) co_return Ok();
  const Cancellation cancellation = call.cancellation.WithDeadline(QueryDeadline(services));
  auto count = [&]() -> Result<Response> {
    SIGHTLINE_ASSIGN(query::CountAnswer answer,
                     query::CountSightings(
                         services.QuestionSources(services.reading_models.Current()),
                         question.request, cancellation));
    const Sequence as_of = answer.as_of;
    const Table table = TableOf(question, std::move(answer));
    return TableResponse(table, *format, as_of, [&](api::JsonWriter& json) {
      json.Key("tz").String(question.request.zone.name());
    });
  };
  co_return co_await Answer(services, call, count);
}

Awaitable<Status> PostCounts(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  co_return co_await AnswerCounts(services, call, ParseBody);
}

Awaitable<Status> GetCounts(const Services& services, Call& call) {
  co_return co_await AnswerCounts(services, call, ParseParameters);
}

}  // namespace

std::vector<Endpoint> CountEndpoints() {
  const RoleSet readers = {Role::kOwner, Role::kReader};
  return {{.method = "POST",
           .path = "/v1/stats/counts",
           .name = "post_counts",
           .run = PostCounts,
           .allowed = readers,
           .recording = Recording::kReading,
           .body = BodyUse::kDocument,
           .check = CheckBody},
          {.method = "GET",
           .path = "/v1/stats/counts",
           .name = "get_counts",
           .run = GetCounts,
           .allowed = readers,
           .recording = Recording::kReading,
           .check = CheckParameters}};
}

}  // namespace sightline::server
