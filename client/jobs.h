// /v1/jobs as typed calls.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.h"
#include "core/error.h"
#include "core/time.h"

namespace sightline::client {

struct JobInfo {
  std::string id;
  std::string kind;
  std::string status;  // "queued", "running", "done", "failed", "cancelled"
  double progress = 0;  // [0, 1]
  std::string question;  // JSON
  std::string result;    // JSON; empty: none
  std::string error;     // for a person; empty: none
  std::string created_by;  // the token's name
  TimestampMs created;
  std::optional<TimestampMs> started;
  std::optional<TimestampMs> ended;

  bool has_ended() const { return ended.has_value(); }
};

struct JobAnswer {
  JobInfo job;
  std::string json;
};

struct JobList {
  std::vector<JobInfo> jobs;
  std::string next_page_token;
  std::string json;
};

// The answer to a call that began a job.
Result<JobAnswer> ParseJob(std::string json);

// Errors as Client's. Concurrency: as its client, not thread-safe.
class Jobs {
 public:
  explicit Jobs(Client& client) : client_(client) {}  // `client` outlives the object

  // Newest first; empty `status`: all.
  Result<JobList> List(std::string_view status = {}, size_t limit = 100,
                       std::string_view page_token = {});
  Result<JobAnswer> Find(std::string_view id);
  // As it stands then: one that runs ends once it notices.
  Result<JobAnswer> Cancel(std::string_view id);

 private:
  Client& client_;
};

}  // namespace sightline::client
