// /v1/sweeps/cloned-plates, /v1/cloned-plates
#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "api/clone_json.h"
#include "api/json_writer.h"
#include "api/parameters.h"
#include "core/plate.h"
#include "server/clone_sweep.h"
#include "server/coroutine_error.h"
#include "server/handlers/case_answers.h"
#include "server/handlers/conflict_answers.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/held_list.h"
#include "server/handlers/job_answers.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

// --- sweeps ---------------------------------------------------------------------------------------

Result<Response> BeginSweep(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const Interval window, api::ParseSweep(call.document));
  SIGHTLINE_ASSIGN(const auto job, services.jobs.Add(kCloneSweep, api::WriteSweep(window),
                                                     AuthorOf(call)));
  return JobResponse(services, *job, 202);
}

Awaitable<Status> PostSweep(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  auto begin = [&] { return BeginSweep(services, call); };
  co_return co_await Answer(services, call, begin);
}

// --- the list -------------------------------------------------------------------------------------

struct ListQuestion {
  ConflictFilter filter;
  std::string plate;  // normalised; empty: any
  size_t limit = api::kDefaultLimit;
  std::string text;   // for page tokens
  std::string after;  // position
};

Result<double> ShareParameter(std::string_view text, std::string_view name) {
  double share = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
  if (error != std::errc() || end != text.data() + text.size() || !(share >= 0 && share <= 1)) {
    return InvalidArgument(fmt::format("{} must be a number from 0 to 1", name),
                           std::string(name));
  }
  return share;
}

Status ReadFilter(const Request& request, ListQuestion& question) {
  ConflictFilter& filter = question.filter;
  if (const auto from = request.Parameter("from")) {
    SIGHTLINE_ASSIGN(filter.time.from, api::ParseTimeParameter(*from, "from"));
  }
  if (const auto to = request.Parameter("to")) {
    SIGHTLINE_ASSIGN(filter.time.to, api::ParseTimeParameter(*to, "to"));
  }
  if (filter.time.from > filter.time.to) return InvalidArgument("from lies after to", "from");
  if (const auto status = request.Parameter("status")) {
    filter.status = ParseConflictStatus(*status);
    if (!filter.status) {
      return InvalidArgument("status must be 'open', 'confirmed' or 'dismissed'", "status");
    }
  }
  if (const auto kind = request.Parameter("kind")) {
    filter.kind = ParseConflictKind(*kind);
    if (!filter.kind) {
      return InvalidArgument("kind must be 'cloned', 'misread', 'clock' or 'position'", "kind");
    }
  }
  if (const auto confidence = request.Parameter("min_confidence")) {
    SIGHTLINE_ASSIGN(filter.min_confidence, ShareParameter(*confidence, "min_confidence"));
  }
  if (const auto since = request.Parameter("since")) {
    SIGHTLINE_ASSIGN(filter.since, api::ParseTimeParameter(*since, "since"));
  }
  if (const auto plate = request.Parameter("plate")) {
    Result<std::string> normal = NormalizePlate(*plate);
    if (!normal) return InvalidArgument(normal.error().message, "plate");
    question.plate = *std::move(normal);
  }
  return Ok();
}

Result<ListQuestion> ParseList(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(
      request.RequireKnownParameters({"from", "to", "status", "kind", "min_confidence", "since",
                                      "plate", "limit", "page_token", "as_of"}));
  ListQuestion question;
  SIGHTLINE_RETURN_IF_ERROR(ReadFilter(request, question));
  SIGHTLINE_ASSIGN(question.limit, LimitParameter(request));
  const auto given = [&](std::string_view name) { return request.Parameter(name).value_or(""); };
  question.text = fmt::format("cloned plates {} {} {} {} {} {} {}", question.filter.time.from.value,
                              question.filter.time.to.value, given("status"), given("kind"),
                              question.filter.min_confidence,
                              question.filter.since.value_or(TimestampMs{-1}).value,
                              question.plate);
  SIGHTLINE_ASSIGN(PageStart start, PageStartOfParameters(services, request, question.text));
  question.after = std::move(start.position);
  question.filter.as_of = start.as_of.value_or(services.store.VisibleSequence());
  return question;
}

Status CheckList(const Services& services, const Request& request, std::string_view) {
  SIGHTLINE_RETURN_IF_ERROR(ParseList(services, request));
  if (!request.Parameter("page_token")) return Ok();
  return InvalidArgument("a question that is kept starts at its first page", "page_token");
}

// Grows from the conflict that was found last to the first, as the list does.
std::string PositionOf(const ConflictSummary& summary) {
  return fmt::format("{:020}", std::numeric_limits<uint64_t>::max() - summary.number);
}

Result<Response> ListConflicts(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const ListQuestion question, ParseList(services, call.request));
  const Cancellation cancellation = call.cancellation.WithDeadline(QueryDeadline(services));
  auto conflicts = services.conflicts.List(question.filter);
  if (!question.plate.empty()) {
    std::erase_if(conflicts, [&](const auto& each) { return each->plate != question.plate; });
  }
  const Sequence as_of = question.filter.as_of;
  const auto write = [&](api::JsonWriter& out, const auto& summary) -> Status {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    const Result<ConflictRecord> record = services.conflicts.Find(summary->id);
    if (record) return WriteConflictMembers(out, *record, services.store, as_of);
    if (record.error().code != ErrorCode::kNotFound) return record.error();
    // Withdrawn since it was listed.
    out.Key("id").String(summary->id).Key("plate").String(summary->plate);
    out.Key("withdrawn").Bool(true);
    return Ok();
  };
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  SIGHTLINE_RETURN_IF_ERROR(WriteHeldPage(
      json,
      {.member = "conflicts",
       .question = question.text,
       .after = question.after,
       .limit = question.limit,
       .as_of = as_of},
      conflicts, [](const auto& summary) { return PositionOf(*summary); },
      write));
  WriteThresholdsMember(json, services.travel_times.Current()->bound());
  json.Key("as_of").Uint(as_of).EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> GetConflicts(const Services& services, Call& call) {
  auto list = [&] { return ListConflicts(services, call); };
  co_return co_await Answer(services, call, list);
}

// --- one conflict ---------------------------------------------------------------------------------

Result<Response> AnswerWithConflict(const Services& services, const ConflictRecord& record,
                                    Sequence as_of) {
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  SIGHTLINE_RETURN_IF_ERROR(WriteConflictMembers(json, record, services.store, as_of));
  WriteThresholdsMember(json, services.travel_times.Current()->bound());
  json.Key("as_of").Uint(as_of).EndObject();
  return JsonResponse(std::move(body));
}

Result<Response> ShowConflict(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(request.RequireKnownParameters({"as_of"}));
  SIGHTLINE_ASSIGN(const std::optional<Sequence> as_of, AsOfParameter(services, request));
  SIGHTLINE_ASSIGN(const ConflictRecord record,
                   services.conflicts.Find(request.path_values.front()));
  return AnswerWithConflict(services, record, as_of.value_or(services.store.VisibleSequence()));
}

Awaitable<Status> GetConflict(const Services& services, Call& call) {
  auto show = [&] { return ShowConflict(services, call.request); };
  co_return co_await Answer(services, call, show);
}

Result<Response> JudgeConflict(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const api::VerdictBody body, api::ParseVerdict(call.document));
  VerdictChange change{.status = {}, .note = body.note, .vehicles = {}};
  if (body.status) change.status = ParseConflictStatus(*body.status);
  if (body.vehicles) {
    change.vehicles.emplace();
    for (const auto& [sighting, genuine] : *body.vehicles) {
      change.vehicles->push_back({.sighting = sighting, .genuine = genuine});
    }
  }
  SIGHTLINE_ASSIGN(const ConflictRecord record,
                   services.conflicts.SetVerdict(call.request.path_values.front(), change,
                                                 AuthorOf(call)));
  return AnswerWithConflict(services, record, services.store.VisibleSequence());
}

Awaitable<Status> PatchConflict(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJsonPatch(call));
  auto judge = [&] { return JudgeConflict(services, call); };
  co_return co_await Answer(services, call, judge);
}

}  // namespace

std::vector<Endpoint> ClonedPlateEndpoints() {
  const RoleSet readers = {Role::kOwner, Role::kReader};
  return {
      {.method = "POST",
       .path = "/v1/sweeps/cloned-plates",
       .name = "sweep_cloned_plates",
       .run = PostSweep,
       .allowed = {Role::kOwner, Role::kReader, Role::kOperator},
       .recording = Recording::kReading,
       .body = BodyUse::kDocument},
      {.method = "GET",
       .path = "/v1/cloned-plates",
       .name = "list_cloned_plates",
       .run = GetConflicts,
       .allowed = readers,
       .recording = Recording::kReading,
       .check = CheckList},
      {.method = "GET",
       .path = "/v1/cloned-plates/{id}",
       .name = "get_cloned_plate",
       .run = GetConflict,
       .allowed = readers,
       .recording = Recording::kReading},
      {.method = "PATCH",
       .path = "/v1/cloned-plates/{id}",
       .name = "judge_cloned_plate",
       .run = PatchConflict,
       .allowed = readers,
       .recording = Recording::kReading,
       .body = BodyUse::kDocument},
  };
}

}  // namespace sightline::server
