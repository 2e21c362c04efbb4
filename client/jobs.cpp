#include "client/jobs.h"

#include <fmt/format.h>

#include "client/answer_members.h"

namespace sightline::client {
namespace {

std::string Minified(Member member) {
  Json value;
  return member.get(value) == simdjson::SUCCESS ? std::string(simdjson::minify(value))
                                                : std::string();
}

JobInfo ReadJob(Json root) {
  return {.id = Text(root["id"]),
          .kind = Text(root["kind"]),
          .status = Text(root["status"]),
          .progress = Number(root["progress"]).value_or(0),
          .question = Minified(root["question"]),
          .result = Minified(root["result"]),
          .error = Text(root["error"]["detail"]),
          .created_by = Text(root["created_by"]["name"]),
          .created = Time(root["created"]).value_or(TimestampMs{}),
          .started = Time(root["started"]),
          .ended = Time(root["ended"])};
}

std::string TargetOf(std::string_view id) { return "/v1/jobs/" + PercentEncode(id); }

}  // namespace

Result<JobAnswer> ParseJob(std::string json) {
  simdjson::dom::parser parser;
  Json root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return NotUnderstood("no job in it");
  JobAnswer answer{.job = ReadJob(root), .json = {}};
  if (answer.job.id.empty()) return NotUnderstood("no job in it");
  answer.json = std::move(json);
  return answer;
}

Result<JobList> Jobs::List(std::string_view status, size_t limit, std::string_view page_token) {
  std::string target = fmt::format("/v1/jobs?limit={}", limit);
  if (!status.empty()) target += "&status=" + PercentEncode(status);
  if (!page_token.empty()) target += "&page_token=" + PercentEncode(page_token);
  SIGHTLINE_ASSIGN(std::string json, client_.Get(target));
  simdjson::dom::parser parser;
  Json root;
  simdjson::dom::array jobs;
  if (parser.parse(json).get(root) != simdjson::SUCCESS ||
      root["jobs"].get(jobs) != simdjson::SUCCESS) {
    return NotUnderstood("no job in it");
  }
  JobList list;
  for (const Json one : jobs) list.jobs.push_back(ReadJob(one));
  list.next_page_token = Text(root["next_page_token"]);
  list.json = std::move(json);
  return list;
}

Result<JobAnswer> Jobs::Find(std::string_view id) {
  SIGHTLINE_ASSIGN(std::string json, client_.Get(TargetOf(id)));
  return ParseJob(std::move(json));
}

Result<JobAnswer> Jobs::Cancel(std::string_view id) {
  SIGHTLINE_ASSIGN(std::string json,
                   client_.Send("DELETE", TargetOf(id), {}, {.repeatable = true}));
  return ParseJob(std::move(json));
}

}  // namespace sightline::client
