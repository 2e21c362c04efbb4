// Jobs, as the catalog keeps them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "server/case_record.h"

namespace sightline::server {

enum class JobStatus : uint8_t { kQueued, kRunning, kDone, kFailed, kCancelled };

// As it stands in JSON: "queued", "running", ...; nullopt for any other text.
std::string_view JobStatusName(JobStatus status);
std::optional<JobStatus> ParseJobStatus(std::string_view name);

// Long work that was asked for, and what became of it.
struct JobRecord {
  std::string id;    // 32 lower-case hex digits that cannot be guessed
  std::string kind;  // "index_rebuild", ...
  JobStatus status = JobStatus::kQueued;
  double progress = 0;  // [0, 1]
  uint64_t number = 0;  // jobs are run in this order
  // JSON objects of the kind; empty: none.
  std::string question;  // what was asked for
  std::string state;     // what is done so far: from where it goes on after a restart
  std::string partial;   // what is found so far, while it runs; not kept over a restart
  std::string result;    // of kDone
  std::optional<Error> error;  // of kFailed
  bool cancelling = false;     // it was cancelled while it ran, and has not ended yet
  TimestampMs created;
  Author created_by;
  std::optional<TimestampMs> started;
  std::optional<TimestampMs> ended;

  bool has_ended() const { return ended.has_value(); }
  bool operator==(const JobRecord&) const = default;
};

// As JSON (the id is the entry's key), and back.
// Errors of decoding: kCorruption for text that encoding could not have made.
std::string EncodeJob(const JobRecord& record);
Result<JobRecord> DecodeJob(std::string_view id, std::string_view text);

}  // namespace sightline::server
