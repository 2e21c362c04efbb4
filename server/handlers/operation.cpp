// /healthz, /readyz, /metrics, /openapi.json, /v1/status
#include <algorithm>
#include <utility>
#include <vector>

#include "api/json_writer.h"
#include "api/openapi.h"
#include "server/coroutine_error.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/index_state.h"
#include "server/handlers/reply.h"
#include "server/http_server.h"
#include "server/version.h"

namespace sightline::server {
namespace {

// --- probes --------------------------------------------------------------------------------------

Awaitable<Status> GetHealth(const Services&, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  Response response = JsonResponse(R"({"status":"alive"})");
  co_return co_await call.out.Send(std::move(response));
}

// Why the server cannot answer at present.
Status Readiness(const Services& services) {
  if (services.stopping.load(std::memory_order_relaxed)) {
    return Error{ErrorCode::kUnavailable, "the server is shutting down", {}};
  }
  const Status health = services.store.Health();
  if (health) return Ok();
  return Error{ErrorCode::kUnavailable, health.error().message, {}};
}

Awaitable<Status> GetReadiness(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto check = [&services] { return Readiness(services); };
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await services.workers.Run(check));
  Response response = JsonResponse(R"({"status":"ready"})");
  co_return co_await call.out.Send(std::move(response));
}

// --- the document --------------------------------------------------------------------------------

Awaitable<Status> GetOpenApi(const Services&, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  Response response = JsonResponse(std::string(api::OpenApiDocument()));
  co_return co_await call.out.Send(std::move(response));
}

// --- numbers -------------------------------------------------------------------------------------

Result<Response> RenderMetrics(const Services& services) {
  const auto index_days = services.columns.GetStats();
  MetricsSnapshot snapshot{.ingest = services.ingestor.GetStats(),
                           .index_days = index_days.size(),
                           .index = SumOf(index_days),
                           .sealer = services.sealer.GetStats(),
                           .graphs = services.graphs.GetStats(),
                           .live_check = services.live_conflicts.GetStats(),
                           .conflicts = services.conflicts.GetStats(),
                           .visible_sequence = services.store.VisibleSequence(),
                           .store_healthy = services.store.Health().has_value(),
                           .queued_work = services.workers.queued()};
  if (Result<storage::Store::Stats> stats = services.store.GetStats()) {
    snapshot.store = std::move(*stats);
  }
  if (services.http != nullptr) {
    snapshot.connections = services.http->connections();
    snapshot.requests_in_flight = services.http->running_exchanges();
    snapshot.refused_connections = services.http->refused_connections();
  }
  return Response{.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
                  .body = services.metrics.Render(snapshot)};
}

Awaitable<Status> GetMetrics(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto render = [&services] { return RenderMetrics(services); };
  co_return co_await Answer(services, call, render);
}

// --- status --------------------------------------------------------------------------------------

void WriteDays(api::JsonWriter& json, const storage::Store::Stats& stats) {
  json.Key("days").BeginObject();
  json.Key("number").Uint(stats.days);
  if (stats.first_day) json.Key("first").String(FormatDay(*stats.first_day));
  if (stats.last_day) json.Key("last").String(FormatDay(*stats.last_day));
  json.Key("open").Uint(stats.open_days);
  json.Key("set_aside").BeginArray();
  for (const auto& day : stats.set_aside) {
    json.BeginObject().Key("day").String(FormatDay(day.day));
    json.Key("reason").String(day.reason).EndObject();
  }
  json.EndArray();
  json.Key("losses").BeginArray();
  for (const auto& loss : stats.losses) {
    json.BeginObject().Key("day").String(FormatDay(loss.day));
    json.Key("rows").Uint(loss.rows).EndObject();
  }
  json.EndArray().EndObject();
}

void WriteDisk(api::JsonWriter& json, const storage::Store::Stats& stats,
               const DiskForecast& forecast) {
  json.Key("disk").BeginObject();
  json.Key("bytes").Uint(stats.disk_bytes);
  json.Key("free_bytes").Uint(stats.disk_free_bytes);
  json.Key("forecast");
  if (const auto expected = forecast.Get(stats.disk_free_bytes)) {
    json.BeginObject().Key("bytes_per_day").Double(expected->bytes_per_day);
    json.Key("days_until_full");
    if (expected->days_until_full) {
      json.Double(*expected->days_until_full);
    } else {
      json.Null();
    }
    json.EndObject();
  } else {
    json.Null();
  }
  json.EndObject();
}

void WriteRetention(api::JsonWriter& json, int retention_days) {
  json.Key("retention").BeginObject().Key("enabled").Bool(retention_days > 0);
  json.Key("days");
  if (retention_days > 0) {
    json.Int(retention_days);
  } else {
    json.Null();
  }
  json.EndObject();
}

void WriteIngest(api::JsonWriter& json, const ingest::Ingestor::Stats& ingest, size_t inbox_rows) {
  json.Key("ingest").BeginObject();
  json.Key("accepted").Uint(ingest.accepted);
  json.Key("duplicates").Uint(ingest.duplicates);
  json.Key("rejected").Uint(ingest.rejected);
  json.Key("queued_rows").Uint(ingest.queued_rows);
  json.Key("inbox_rows").Uint(inbox_rows);
  json.EndObject();
}

void WriteIndex(api::JsonWriter& json, const Services& services) {
  const auto days = services.columns.GetStats();
  const index::ColumnIndex::DayStats sum = SumOf(days);
  const ingest::Sealer::Stats sealer = services.sealer.GetStats();
  const ingest::GraphBuilder::Stats graphs = services.graphs.GetStats();
  json.Key("index").BeginObject();
  json.Key("days_ready").Uint(days.size());
  json.Key("segments").Uint(sum.segments);
  json.Key("sealed_rows").Uint(sum.sealed_rows);
  json.Key("unsealed_rows").Uint(sum.unsealed_rows);
  json.Key("segment_bytes").Uint(sum.bytes);
  json.Key("days_unsealed").Uint(services.store.UnsealedDays().size());
  json.Key("segments_written").Uint(sealer.segments_written);
  json.Key("seal_failures").Uint(sealer.failures);
  json.Key("graphs_built").Uint(graphs.graphs_built);
  json.Key("graph_failures").Uint(graphs.failures);
  WriteSpacesMember(json, sum.spaces);
  json.EndObject();
}

Result<Response> DescribeStatus(const Services& services) {
  SIGHTLINE_ASSIGN(const storage::Store::Stats stats, services.store.GetStats());
  const Status health = services.store.Health();
  const auto cameras = services.store.Cameras();
  const auto active =
      std::ranges::count_if(cameras, [](const auto& camera) { return !camera->retired(); });
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  json.Key("version").String(kVersion);
  json.Key("started").Time(services.started);
  json.Key("uptime_s").Int((services.clock.Now() - services.started) / 1000);
  json.Key("time_zone").String(services.config.time_zone);
  json.Key("health").BeginObject().Key("writable").Bool(health.has_value());
  if (!health) json.Key("reason").String(health.error().message);
  json.EndObject();
  json.Key("counts").BeginObject();
  json.Key("sightings").Uint(stats.sightings);
  json.Key("cameras").Int(active);
  json.Key("plates_pending").Uint(stats.plates_pending).EndObject();
  WriteDays(json, stats);
  WriteDisk(json, stats, services.disk_forecast);
  WriteRetention(json, stats.retention_days);
  WriteIngest(json, services.ingestor.GetStats(), stats.inbox_rows);
  WriteIndex(json, services);
  json.Key("as_of").Uint(services.store.VisibleSequence());
  json.EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> GetStatus(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto describe = [&services] { return DescribeStatus(services); };
  co_return co_await Answer(services, call, describe);
}

}  // namespace

std::vector<Endpoint> OperationEndpoints() {
  return {
      {.method = "GET",
       .path = "/v1/status",
       .name = "get_status",
       .run = GetStatus,
       .allowed = RoleSet::All()},
      {.method = "GET", .path = "/healthz", .name = "healthz", .run = GetHealth, .is_public = true},
      {.method = "GET",
       .path = "/readyz",
       .name = "readyz",
       .run = GetReadiness,
       .is_public = true},
      {.method = "GET",
       .path = "/metrics",
       .name = "metrics",
       .run = GetMetrics,
       .allowed = {Role::kOwner, Role::kOperator}},
      {.method = "GET",
       .path = "/openapi.json",
       .name = "openapi",
       .run = GetOpenApi,
       .allowed = RoleSet::All()},
  };
}

}  // namespace sightline::server
