// /v1/stats/origin-destination and /v1/stats/segment-speeds
#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/json_writer.h"
#include "api/traffic_json.h"
#include "query/segment_speeds.h"
#include "query/trip_flows.h"
#include "server/coroutine_error.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/reply.h"
#include "server/handlers/table_answer.h"

namespace sightline::server {
namespace {

std::vector<std::string> Names(const std::vector<api::NamedTimeUnit>& units) {
  std::vector<std::string> names;
  for (const api::NamedTimeUnit& unit : units) names.push_back(unit.name);
  return names;
}

// Sets what both questions have in common. `prefix`: of error fields, "/" for a body's.
template <typename Request>
Status SetCommon(const Services& services, const api::TrafficBody& body, std::string_view prefix,
                 Request& request) {
  if (body.as_of) {
    SIGHTLINE_RETURN_IF_ERROR(CheckAsOf(services, *body.as_of, fmt::format("{}as_of", prefix)));
  }
  request.time = body.time;
  for (const api::NamedTimeUnit& unit : body.group_by) request.units.push_back(unit.unit);
  request.as_of = body.as_of;
  request.max_rows = body.max_rows;
  return Ok();
}

// --- origin and destination ----------------------------------------------------------------------

struct FlowQuestion {
  std::vector<std::string> keys;
  query::FlowRequest request;
};

Result<FlowQuestion> ParseFlowQuestion(const Services& services, const Request& http,
                                       std::string_view document) {
  SIGHTLINE_RETURN_IF_ERROR(http.RequireKnownParameters({"format"}));
  SIGHTLINE_ASSIGN(api::FlowsBody body, api::ParseFlows(document));
  SIGHTLINE_ASSIGN(TimeZone zone, ZoneOf(services, body.time_zone, "/"));
  FlowQuestion question{.keys = Names(body.group_by), .request = {.zone = std::move(zone)}};
  SIGHTLINE_RETURN_IF_ERROR(SetCommon(services, body, "/", question.request));
  for (api::FlowZoneBody& one : body.zones) {
    question.request.zones.push_back(
        {std::move(one.name), std::move(one.cameras), std::move(one.area)});
  }
  question.request.min_readings = body.min_readings;
  return question;
}

Status CheckFlows(const Services& services, const Request& http, std::string_view document) {
  SIGHTLINE_RETURN_IF_ERROR(ParseFlowQuestion(services, http, document));
  return Ok();
}

TableCell TextCell(const std::optional<std::string>& text) {
  return text ? TableCell(AttributeValue(*text)) : TableCell();
}

Table FlowTable(const FlowQuestion& question, const query::FlowAnswer& answer) {
  Table table{.columns = {"origin", "destination"}};
  table.columns.insert(table.columns.end(), question.keys.begin(), question.keys.end());
  table.columns.insert(table.columns.end(), {"trips", "distinct_plates", "median_s"});
  for (const query::FlowRow& row : answer.rows) {
    std::vector<TableCell> cells = {TextCell(row.origin), TextCell(row.destination)};
    cells.insert(cells.end(), row.key.begin(), row.key.end());
    cells.emplace_back(static_cast<int64_t>(row.trips));
    cells.emplace_back(static_cast<int64_t>(row.distinct_plates));
    cells.emplace_back(row.median_s);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Awaitable<Status> PostFlows(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  SIGHTLINE_CO_ASSIGN(const FlowQuestion question,
                      ParseFlowQuestion(services, call.request, call.document));
  SIGHTLINE_CO_ASSIGN(const auto format, co_await ChooseTableFormat(call));
  if (!format) co_return Ok();
  const Cancellation cancellation = call.cancellation.WithDeadline(QueryDeadline(services));
  auto count = [&]() -> Result<Response> {
    SIGHTLINE_ASSIGN(
        const query::FlowAnswer answer,
        query::CountTripFlows(services.QuestionSources(services.reading_models.Current()),
                              *services.travel_times.Current(), question.request, cancellation));
    const Table table = FlowTable(question, answer);
    return TableResponse(table, *format, answer.as_of, [&](api::JsonWriter& json) {
      json.Key("trips").Uint(answer.trips);
      json.Key("trips_too_short").Uint(answer.trips_too_short);
      json.Key("min_readings").Uint(question.request.min_readings);
      json.Key("tz").String(question.request.zone.name());
    });
  };
  co_return co_await Answer(services, call, count);
}

// --- speeds --------------------------------------------------------------------------------------

struct SpeedQuestion {
  std::vector<std::string> keys;
  query::SpeedRequest request;
};

Result<SpeedQuestion> MakeSpeedQuestion(const Services& services, api::SpeedsBody body,
                                        std::string_view prefix) {
  SIGHTLINE_ASSIGN(TimeZone zone, ZoneOf(services, body.time_zone, prefix));
  SpeedQuestion question{.keys = Names(body.group_by), .request = {.zone = std::move(zone)}};
  SIGHTLINE_RETURN_IF_ERROR(SetCommon(services, body, prefix, question.request));
  question.request.from_camera = std::move(body.from_camera);
  question.request.to_camera = std::move(body.to_camera);
  question.request.min_count = body.min_count;
  return question;
}

Result<SpeedQuestion> ParseSpeedBody(const Services& services, const Request& http,
                                     std::string_view document) {
  SIGHTLINE_RETURN_IF_ERROR(http.RequireKnownParameters({"format"}));
  SIGHTLINE_ASSIGN(api::SpeedsBody body, api::ParseSpeeds(document));
  return MakeSpeedQuestion(services, std::move(body), "/");
}

Result<SpeedQuestion> ParseSpeedParameters(const Services& services, const Request& http,
                                           std::string_view) {
  SIGHTLINE_ASSIGN(api::SpeedsBody body, api::ParseSpeedParameters(http.parameters));
  return MakeSpeedQuestion(services, std::move(body), "");
}

Status CheckSpeedBody(const Services& services, const Request& http, std::string_view document) {
  SIGHTLINE_RETURN_IF_ERROR(ParseSpeedBody(services, http, document));
  return Ok();
}

Status CheckSpeedParameters(const Services& services, const Request& http,
                            std::string_view document) {
  SIGHTLINE_RETURN_IF_ERROR(ParseSpeedParameters(services, http, document));
  return Ok();
}

TableCell NumberCell(const std::optional<double>& number) {
  return number ? TableCell(AttributeValue(*number)) : TableCell();
}

TableCell SpeedCell(const std::optional<Kmh>& speed) {
  return speed ? TableCell(AttributeValue(speed->value)) : TableCell();
}

Table SpeedTable(const SpeedQuestion& question, const query::SpeedAnswer& answer) {
  Table table{.columns = {"from_camera", "to_camera"}};
  table.columns.insert(table.columns.end(), question.keys.begin(), question.keys.end());
  table.columns.insert(table.columns.end(), {"count", "distance_m", "p15_s", "median_s", "p85_s",
                                             "p15_kmh", "median_kmh", "p85_kmh"});
  for (const query::SpeedRow& row : answer.rows) {
    std::vector<TableCell> cells = {AttributeValue(row.from_camera), AttributeValue(row.to_camera)};
    cells.insert(cells.end(), row.key.begin(), row.key.end());
    cells.emplace_back(static_cast<int64_t>(row.count));
    cells.push_back(NumberCell(row.distance ? std::optional(row.distance->value) : std::nullopt));
    for (const double seconds : {row.p15_s, row.median_s, row.p85_s}) cells.emplace_back(seconds);
    // The slowest take the longest.
    for (const double seconds : {row.p85_s, row.median_s, row.p15_s}) {
      cells.push_back(SpeedCell(row.SpeedAt(seconds)));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

using ParseSpeed = Result<SpeedQuestion> (*)(const Services&, const Request&, std::string_view);

Awaitable<Status> AnswerSpeeds(const Services& services, Call& call, ParseSpeed parse) {
  SIGHTLINE_CO_ASSIGN(const SpeedQuestion question, parse(services, call.request, call.document));
  SIGHTLINE_CO_ASSIGN(const auto format, co_await ChooseTableFormat(call));
  if (!format) co_return Ok();
  const Cancellation cancellation = call.cancellation.WithDeadline(QueryDeadline(services));
  auto measure = [&]() -> Result<Response> {
    SIGHTLINE_ASSIGN(const query::SpeedAnswer answer,
                     query::MeasureSegmentSpeeds(
                         services.QuestionSources(services.reading_models.Current()),
                         *services.travel_times.Current(), question.request, cancellation));
    const Table table = SpeedTable(question, answer);
    return TableResponse(table, *format, answer.as_of, [&](api::JsonWriter& json) {
      json.Key("min_count").Uint(question.request.min_count);
      json.Key("tz").String(question.request.zone.name());
    });
  };
  co_return co_await Answer(services, call, measure);
}

Awaitable<Status> PostSpeeds(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  co_return co_await AnswerSpeeds(services, call, ParseSpeedBody);
}

Awaitable<Status> GetSpeeds(const Services& services, Call& call) {
  co_return co_await AnswerSpeeds(services, call, ParseSpeedParameters);
}

}  // namespace

std::vector<Endpoint> TrafficEndpoints() {
  const RoleSet readers = {Role::kOwner, Role::kReader};
  return {{.method = "POST",
           .path = "/v1/stats/origin-destination",
           .name = "post_origin_destination",
           .run = PostFlows,
           .allowed = readers,
           .recording = Recording::kReading,
           .body = BodyUse::kDocument,
           .check = CheckFlows},
          {.method = "POST",
           .path = "/v1/stats/segment-speeds",
           .name = "post_segment_speeds",
           .run = PostSpeeds,
           .allowed = readers,
           .recording = Recording::kReading,
           .body = BodyUse::kDocument,
           .check = CheckSpeedBody},
          {.method = "GET",
           .path = "/v1/stats/segment-speeds",
           .name = "get_segment_speeds",
           .run = GetSpeeds,
           .allowed = readers,
           .recording = Recording::kReading,
           .check = CheckSpeedParameters}};
}

}  // namespace sightline::server
