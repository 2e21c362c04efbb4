// /v1/jobs
#include <fmt/format.h>

#include <limits>
#include <optional>
#include <vector>

#include "api/json_writer.h"
#include "api/problem.h"
#include "server/coroutine_error.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/held_list.h"
#include "server/handlers/job_answers.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

// Grows from the newest job to the oldest, as the list does.
std::string PositionOf(const JobRecord& job) {
  return fmt::format("{:020}", std::numeric_limits<uint64_t>::max() - job.number);
}

// Who keeps the server sees every job; who asks about sightings, those that he began.
bool MaySee(const Call& call, const JobRecord& job) {
  return call.token->roles.Permits({Role::kOwner, Role::kOperator}) ||
         job.created_by.id == call.token->id;
}

Result<std::shared_ptr<const JobRecord>> FindVisible(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(auto job, services.jobs.Find(call.request.path_values.front()));
  if (!MaySee(call, *job)) return NotFound("there is no job with this id");
  return job;
}

Result<Response> ListJobs(const Services& services, const Call& call) {
  const Request& request = call.request;
  SIGHTLINE_RETURN_IF_ERROR(
      request.RequireKnownParameters({"status", "kind", "limit", "page_token"}));
  const std::string_view status_name = request.Parameter("status").value_or("");
  const std::optional<JobStatus> status = ParseJobStatus(status_name);
  if (request.Parameter("status") && !status) {
    return InvalidArgument(
        "status must be 'queued', 'running', 'done', 'failed' or 'cancelled'", "status");
  }
  const std::optional<std::string_view> kind = request.Parameter("kind");
  SIGHTLINE_ASSIGN(const size_t limit, LimitParameter(request));
  const std::string question = fmt::format("jobs {} {}", status_name, kind.value_or(""));
  SIGHTLINE_ASSIGN(const PageStart start, PageStartOfParameters(services, request, question));

  const Sequence as_of = services.store.VisibleSequence();
  std::string body;
  api::JsonWriter json(body);
  auto jobs = services.jobs.List();
  std::erase_if(jobs, [&](const auto& job) {
    return !MaySee(call, *job) || (status && job->status != *status) ||
           (kind && job->kind != *kind);
  });
  json.BeginObject();
  SIGHTLINE_RETURN_IF_ERROR(WriteHeldPage(
      json,
      {.member = "jobs",
       .question = question,
       .after = start.position,
       .limit = limit,
       .as_of = as_of},
      jobs, [](const auto& job) { return PositionOf(*job); },
      [](api::JsonWriter& out, const auto& job) -> Status {
        WriteJobMembers(out, *job);
        return Ok();
      }));
  json.Key("as_of").Uint(as_of).EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> GetJobs(const Services& services, Call& call) {
  auto list = [&] { return ListJobs(services, call); };
  co_return co_await Answer(services, call, list);
}

Result<Response> ShowJob(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const auto job, FindVisible(services, call));
  return JobResponse(services, *job);
}

Awaitable<Status> GetJob(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto show = [&] { return ShowJob(services, call); };
  co_return co_await Answer(services, call, show);
}

Result<Response> CancelJob(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const auto seen, FindVisible(services, call));
  SIGHTLINE_ASSIGN(const auto job, services.jobs.Cancel(seen->id));
  return JobResponse(services, *job);
}

Awaitable<Status> DeleteJob(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto cancel = [&] { return CancelJob(services, call); };
  co_return co_await Answer(services, call, cancel);
}

}  // namespace

void WriteJobMembers(api::JsonWriter& json, const JobRecord& job) {
  json.Key("id").String(job.id);
  json.Key("kind").String(job.kind);
  json.Key("status").String(JobStatusName(job.status));
  if (job.cancelling) json.Key("cancelling").Bool(true);
  json.Key("progress").Double(job.progress);
  json.Key("question").Raw(job.question);
  if (!job.partial.empty()) json.Key("partial").Raw(job.partial);
  if (!job.result.empty()) json.Key("result").Raw(job.result);
  if (job.error) json.Key("error").Raw(api::ProblemJson(*job.error));
  json.Key("created").Time(job.created);
  json.Key("created_by").BeginObject().Key("id").String(job.created_by.id);
  json.Key("name").String(job.created_by.name).EndObject();
  if (job.started) json.Key("started").Time(*job.started);
  if (job.ended) json.Key("ended").Time(*job.ended);
}

Response JobResponse(const Services& services, const JobRecord& job, int status) {
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  WriteJobMembers(json, job);
  json.Key("as_of").Uint(services.store.VisibleSequence()).EndObject();
  Response response = JsonResponse(std::move(body), status);
  if (status == 202) response.headers.emplace_back("Location", "/v1/jobs/" + job.id);
  return response;
}

std::vector<Endpoint> JobEndpoints() {
  const RoleSet askers = {Role::kOwner, Role::kOperator, Role::kReader};
  return {{.method = "GET",
           .path = "/v1/jobs",
           .name = "list_jobs",
           .run = GetJobs,
           .allowed = askers},
          {.method = "GET",
           .path = "/v1/jobs/{id}",
           .name = "get_job",
           .run = GetJob,
           .allowed = askers},
          {.method = "DELETE",
           .path = "/v1/jobs/{id}",
           .name = "delete_job",
           .run = DeleteJob,
           .allowed = askers,
           .recording = Recording::kChange}};
}

}  // namespace sightline::server
