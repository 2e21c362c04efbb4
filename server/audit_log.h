// The audit trail: who asked what, and why, written down before the answer leaves.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "storage/store.h"

namespace sightline::server {

// One call as the trail keeps it. Texts that are not UTF-8 are kept with their bad bytes escaped.
struct AuditEntry {
  TimestampMs time;
  std::string_view request_id;
  std::string_view token_id;    // empty: no valid token was shown
  std::string_view token_name;
  std::string_view remote;
  std::string_view method;
  std::string_view path;        // as sent
  const std::vector<std::pair<std::string, std::string>>& parameters;
  std::string_view body;        // as given; cut at 64 KiB
  std::string_view purpose;     // empty: none was accepted
  std::string_view case_reference;
  std::string_view outcome;     // "allowed", "unauthenticated", "forbidden", "unacceptable"
  std::string_view detail = {};  // a JSON object of the endpoint's; empty: none
};

// The entry as one JSON object.
std::string AuditRecordJson(const AuditEntry& entry);

// An audit record on its way to the disk. Copies share it.
class PendingAudit {
 public:
  // Goes on once the record is synced, or with the error that prevented it. May be awaited more
  // than once, by one coroutine at a time.
  boost::asio::awaitable<Status> Written();

 private:
  friend class AuditLog;
  struct State;
  explicit PendingAudit(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

// Operation: Append queues the record for one thread, which writes all that has been queued with one
// sync, in order: the sync overlaps with the question that it is about, and calls that come together
// share one. Where it fails, every record of it was not written.
// Concurrency: Append is thread-safe and does not block.
class AuditLog {
 public:
  explicit AuditLog(storage::Store& store);  // `store` outlives the log
  ~AuditLog();                               // writes what is queued

  PendingAudit Append(std::string record);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::server
