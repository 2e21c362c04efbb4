// /v1/plates/{plate}/companions and /v1/analyses/companions
#include <utility>

#include "api/companions_json.h"
#include "api/json_writer.h"
#include "api/parameters.h"
#include "core/plate.h"
#include "query/companions.h"
#include "server/companion_answer.h"
#include "server/companion_sweep.h"
#include "server/coroutine_error.h"
#include "server/handlers/case_answers.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/job_answers.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

static_assert(api::kMaxWithinSeconds * 1000 == query::CompanionsRequest::kMaxWithinMs);

// The same question by parameters.
Result<api::CompanionsBody> ParseParameters(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(request.RequireKnownParameters(
      {"from", "to", "within_s", "min_cameras", "limit", "as_of"}));
  api::CompanionsBody body;
  Result<std::string> plate = NormalizePlate(request.path_values.front());
  if (!plate) return InvalidArgument(plate.error().message, "plate");
  body.target.emplace().plate = *std::move(plate);
  if (const auto from = request.Parameter("from")) {
    SIGHTLINE_ASSIGN(body.time.from, api::ParseTimeParameter(*from, "from"));
  }
  if (const auto to = request.Parameter("to")) {
    SIGHTLINE_ASSIGN(body.time.to, api::ParseTimeParameter(*to, "to"));
  }
  if (body.time.from > body.time.to) return InvalidArgument("from lies after to", "from");
  if (const auto within = request.Parameter("within_s")) {
    SIGHTLINE_ASSIGN(const uint64_t number, api::ParseUintParameter(*within, "within_s", 1,
                                                                    api::kMaxWithinSeconds));
    body.within_s = static_cast<uint32_t>(number);
  }
  if (const auto cameras = request.Parameter("min_cameras")) {
    SIGHTLINE_ASSIGN(const uint64_t number,
                     api::ParseUintParameter(*cameras, "min_cameras", 1, api::kMaxMinCameras));
    body.min_cameras = static_cast<uint32_t>(number);
  }
  SIGHTLINE_ASSIGN(body.limit, LimitParameter(request));
  SIGHTLINE_ASSIGN(body.as_of, AsOfParameter(services, request));
  return body;
}

Result<api::CompanionsBody> ParseBody(const Services& services, std::string_view document) {
  SIGHTLINE_ASSIGN(api::CompanionsBody body, api::ParseCompanions(document));
  if (body.as_of) SIGHTLINE_RETURN_IF_ERROR(CheckAsOf(services, *body.as_of, "/as_of"));
  return body;
}

Result<Response> Find(const Services& services, const api::CompanionsBody& question,
                      const Cancellation& cancellation) {
  const api::CompanionTargetBody& target = *question.target;
  const query::CompanionsRequest request{
      .target = {.plate = target.plate, .sightings = target.sightings, .filter = target.filter},
      .time = question.time,
      .within_ms = static_cast<int32_t>(question.within_s) * 1000,
      .min_cameras = question.min_cameras,
      .limit = question.limit.value_or(api::kDefaultLimit),
      .as_of = question.as_of};
  SIGHTLINE_ASSIGN(const query::CompanionsAnswer answer,
                   query::FindCompanions(
                       services.QuestionSources(services.reading_models.Current()), request,
                       *services.travel_times.Current(), cancellation));
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  WriteCompanionsMembers(json, answer, question);
  json.EndObject();
  return JsonResponse(std::move(body));
}

Status CheckParameters(const Services& services, const Request& request, std::string_view) {
  SIGHTLINE_RETURN_IF_ERROR(ParseParameters(services, request));
  return Ok();
}

Status CheckBody(const Services& services, const Request& request, std::string_view document) {
  SIGHTLINE_RETURN_IF_ERROR(request.RequireKnownParameters({}));
  SIGHTLINE_ASSIGN(const api::CompanionsBody question, ParseBody(services, document));
  if (question.target) return Ok();
  return InvalidArgument("a question that begins a job cannot be kept; its job is", "/target");
}

Awaitable<Status> GetCompanions(const Services& services, Call& call) {
  SIGHTLINE_CO_ASSIGN(const api::CompanionsBody question, ParseParameters(services, call.request));
  auto find = [&] { return Find(services, question, call.cancellation); };
  co_return co_await Answer(services, call, find);
}

// The job answers for what is visible now, also when it runs much later.
Result<Response> BeginSweep(const Services& services, const Call& call,
                            api::CompanionsBody question) {
  if (!question.as_of) question.as_of = services.store.VisibleSequence();
  SIGHTLINE_ASSIGN(const auto job,
                   services.jobs.Add(kCompanionGroups, api::WriteCompanions(question),
                                     AuthorOf(call)));
  return JobResponse(services, *job, 202);
}

Result<Response> Analyse(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(api::CompanionsBody question, ParseBody(services, call.document));
  if (!question.target) return BeginSweep(services, call, std::move(question));
  return Find(services, question, call.cancellation);
}

Awaitable<Status> PostCompanions(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  auto analyse = [&] { return Analyse(services, call); };
  co_return co_await Answer(services, call, analyse);
}

}  // namespace

std::vector<Endpoint> CompanionEndpoints() {
  const RoleSet readers = {Role::kOwner, Role::kReader};
  return {{.method = "GET",
           .path = "/v1/plates/{plate}/companions",
           .name = "get_companions",
           .run = GetCompanions,
           .allowed = readers,
           .recording = Recording::kReading,
           .check = CheckParameters},
          {.method = "POST",
           .path = "/v1/analyses/companions",
           .name = "analyse_companions",
           .run = PostCompanions,
           .allowed = readers,
           .recording = Recording::kReading,
           .body = BodyUse::kDocument,
           .check = CheckBody}};
}

}  // namespace sightline::server
