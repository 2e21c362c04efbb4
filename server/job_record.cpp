#include "server/job_record.h"

#include <simdjson.h>

#include <array>
#include <utility>

#include "api/json_writer.h"
#include "api/problem.h"

namespace sightline::server {
namespace {

constexpr int64_t kVersion = 1;

constexpr std::array<std::pair<JobStatus, std::string_view>, 5> kNames = {{
    {JobStatus::kQueued, "queued"},
    {JobStatus::kRunning, "running"},
    {JobStatus::kDone, "done"},
    {JobStatus::kFailed, "failed"},
    {JobStatus::kCancelled, "cancelled"},
}};

using Object = simdjson::dom::object;

// Reads a member that must be there; whether it could.
template <typename Value>
bool Read(const Object& object, std::string_view name, Value& value) {
  return object[name].get(value) == simdjson::SUCCESS;
}

bool Read(const Object& object, std::string_view name, std::string& text) {
  std::string_view view;
  if (object[name].get(view) != simdjson::SUCCESS) return false;
  text = view;
  return true;
}

// Reads a member that may be missing; false only for one of another type.
template <typename Value, typename Store>
bool ReadOptional(const Object& object, std::string_view name, Store store) {
  const auto member = object[name];
  if (member.error() == simdjson::NO_SUCH_FIELD) return true;
  Value value;
  if (member.get(value) != simdjson::SUCCESS) return false;
  store(value);
  return true;
}

bool ReadMembers(const Object& object, JobRecord& record) {
  int64_t version = 0;
  std::string status;
  Object author;
  if (!Read(object, "version", version) || version != kVersion ||
      !Read(object, "kind", record.kind) || !Read(object, "status", status) ||
      !Read(object, "progress", record.progress) || !Read(object, "number", record.number) ||
      !Read(object, "question", record.question) || !Read(object, "state", record.state) ||
      !Read(object, "result", record.result) || !Read(object, "cancelling", record.cancelling) ||
      !Read(object, "created_ms", record.created.value) || !Read(object, "created_by", author) ||
      !Read(author, "id", record.created_by.id) || !Read(author, "name", record.created_by.name)) {
    return false;
  }
  const auto known = ParseJobStatus(status);
  if (!known) return false;
  record.status = *known;
  const auto time = [](std::optional<TimestampMs>& target) {
    return [&target](int64_t ms) { target = TimestampMs{ms}; };
  };
  return ReadOptional<int64_t>(object, "started_ms", time(record.started)) &&
         ReadOptional<int64_t>(object, "ended_ms", time(record.ended)) &&
         ReadOptional<Object>(object, "error", [&](const Object& error) {
           int64_t http_status = 0;
           std::string problem;
           if (Read(error, "status", http_status) && Read(error, "problem", problem)) {
             record.error = api::ParseProblem(static_cast<int>(http_status), problem);
           }
         });
}

}  // namespace

std::string_view JobStatusName(JobStatus status) {
  return kNames[static_cast<size_t>(status)].second;
}

std::optional<JobStatus> ParseJobStatus(std::string_view name) {
  for (const auto& [status, known] : kNames) {
    if (known == name) return status;
  }
  return std::nullopt;
}

std::string EncodeJob(const JobRecord& record) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject().Key("version").Int(kVersion);
  json.Key("kind").String(record.kind);
  json.Key("status").String(JobStatusName(record.status));
  json.Key("progress").Double(record.progress);
  json.Key("number").Uint(record.number);
  json.Key("question").String(record.question);
  json.Key("state").String(record.state);
  json.Key("result").String(record.result);
  json.Key("cancelling").Bool(record.cancelling);
  json.Key("created_ms").Int(record.created.value);
  json.Key("created_by").BeginObject().Key("id").String(record.created_by.id);
  json.Key("name").String(record.created_by.name).EndObject();
  if (record.started) json.Key("started_ms").Int(record.started->value);
  if (record.ended) json.Key("ended_ms").Int(record.ended->value);
  if (record.error) {
    json.Key("error").BeginObject();
    json.Key("status").Int(api::HttpStatus(record.error->code));
    json.Key("problem").String(api::ProblemJson(*record.error)).EndObject();
  }
  json.EndObject();
  return text;
}

Result<JobRecord> DecodeJob(std::string_view id, std::string_view text) {
  simdjson::dom::parser parser;
  Object object;
  JobRecord record{.id = std::string(id)};
  if (parser.parse(text.data(), text.size()).get(object) == simdjson::SUCCESS &&
      ReadMembers(object, record)) {
    return record;
  }
  return Error{ErrorCode::kCorruption, "the stored job '" + std::string(id) + "' cannot be read",
               {}};
}

}  // namespace sightline::server
