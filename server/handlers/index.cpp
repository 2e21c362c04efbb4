// /v1/index
#include <algorithm>
#include <optional>
#include <utility>

#include "api/index_json.h"
#include "api/json_writer.h"
#include "server/coroutine_error.h"
#include "server/handlers/case_answers.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/index_state.h"
#include "server/handlers/job_answers.h"
#include "server/handlers/reply.h"
#include "server/index_rebuild.h"

namespace sightline::server {
namespace {

using DayStats = index::ColumnIndex::DayStats;
using SegmentStats = index::ColumnIndex::SegmentStats;

Result<std::optional<Day>> DayParameter(const Request& request) {
  const auto text = request.Parameter("day");
  if (!text) return std::nullopt;
  const Result<Day> day = ParseDay(*text);
  if (!day) return InvalidArgument("day must be a day in UTC, such as '2016-09-21'", "day");
  return *day;
}

bool IsStored(const Services& services, Day day) {
  return std::ranges::binary_search(services.store.Days(), day);
}

Error UnknownDay(Day day) { return NotFound("nothing is stored of the day " + FormatDay(day)); }

void WriteCounts(api::JsonWriter& json, const DayStats& stats) {
  json.Key("segments").Uint(stats.segments);
  json.Key("sealed_rows").Uint(stats.sealed_rows);
  json.Key("unsealed_rows").Uint(stats.unsealed_rows);
  json.Key("bytes").Uint(stats.bytes);
  WriteSpacesMember(json, stats.spaces);
}

// What background work has still to do.
void WriteBacklog(api::JsonWriter& json, const Services& services, const DayStats& sum) {
  uint64_t without_graph = 0;
  for (const auto& [name, counts] : sum.spaces) {
    without_graph += counts.vectors - std::min(counts.vectors, counts.graphed_vectors);
  }
  json.Key("backlog").BeginObject();
  json.Key("days_unsealed").Uint(services.store.UnsealedDays().size());
  json.Key("unsealed_rows").Uint(sum.unsealed_rows);
  json.Key("vectors_without_graph").Uint(without_graph);
  json.EndObject();
}

void WriteSegments(api::JsonWriter& json, const std::vector<SegmentStats>& segments) {
  json.Key("segment_list").BeginArray();
  for (const SegmentStats& segment : segments) {
    json.BeginObject().Key("name").String(segment.name);
    json.Key("rows").Uint(segment.rows).Key("bytes").Uint(segment.bytes);
    WriteSpacesMember(json, segment.spaces);
    json.EndObject();
  }
  json.EndArray();
}

// All days with their counts, or one with its segments too.
Result<Response> DescribeIndex(const Services& services, std::optional<Day> day,
                               const Cancellation& cancellation) {
  if (day && !IsStored(services, *day)) return UnknownDay(*day);
  SIGHTLINE_ASSIGN(const IndexState state, ReadIndexState(services, cancellation));
  const DayStats sum = SumOf(state.days);
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  WriteCounts(json, sum);
  WriteBacklog(json, services, sum);
  json.Key("stored_days").Uint(state.stored_days);
  json.Key("days").BeginArray();
  for (const DayStats& one : state.days) {
    if (day && one.day != *day) continue;
    json.BeginObject().Key("day").String(FormatDay(one.day));
    WriteCounts(json, one);
    if (day) WriteSegments(json, services.columns.Segments(one.day));
    json.EndObject();
  }
  json.EndArray();
  json.Key("as_of").Uint(services.store.VisibleSequence()).EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> GetIndex(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({"day"}));
  SIGHTLINE_CO_ASSIGN(const std::optional<Day> day, DayParameter(call.request));
  auto describe = [&] { return DescribeIndex(services, day, call.cancellation); };
  co_return co_await Answer(services, call, describe);
}

// What is to be rebuilt is there.
Status CheckRebuild(const Services& services, const api::RebuildBody& body,
                    const Cancellation& cancellation) {
  const std::vector<VectorSpace> spaces = services.store.Spaces();
  if (!body.space.empty() &&
      std::ranges::find(spaces, body.space, &VectorSpace::name) == spaces.end()) {
    return NotFound("there is no space with this name");
  }
  if (!body.day) return Ok();
  if (!IsStored(services, *body.day)) return UnknownDay(*body.day);
  if (body.segment.empty()) return Ok();
  SIGHTLINE_ASSIGN(const auto held, services.columns.Open(*body.day, cancellation));
  const std::vector<SegmentStats> segments = services.columns.Segments(*body.day);
  if (std::ranges::find(segments, body.segment, &SegmentStats::name) != segments.end()) {
    return Ok();
  }
  return NotFound("the day has no segment with this name");
}

Result<Response> BeginRebuild(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const api::RebuildBody body, api::ParseRebuild(call.document));
  SIGHTLINE_RETURN_IF_ERROR(CheckRebuild(services, body, call.cancellation));
  SIGHTLINE_ASSIGN(const auto job, services.jobs.Add(kIndexRebuild, api::WriteRebuild(body),
                                                     AuthorOf(call)));
  return JobResponse(services, *job, 202);
}

Awaitable<Status> PostRebuild(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  auto begin = [&] { return BeginRebuild(services, call); };
  co_return co_await Answer(services, call, begin);
}

}  // namespace

std::vector<Endpoint> IndexEndpoints() {
  const RoleSet operators = {Role::kOwner, Role::kOperator};
  return {{.method = "GET",
           .path = "/v1/index",
           .name = "get_index",
           .run = GetIndex,
           .allowed = operators},
          {.method = "POST",
           .path = "/v1/index/rebuild",
           .name = "rebuild_index",
           .run = PostRebuild,
           .allowed = operators,
           .recording = Recording::kChange,
           .body = BodyUse::kDocument}};
}

}  // namespace sightline::server
