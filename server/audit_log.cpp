#include "server/audit_log.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <deque>
#include <thread>

#include "api/json_writer.h"
#include "core/log.h"
#include "core/mutex.h"
#include "server/await_callback.h"

namespace sightline::server {
namespace {

constexpr size_t kMaxBodyBytes = 65'536;
// Of one sync; a burst of large bodies is written in several.
constexpr size_t kMaxBatchBytes = 4u << 20;

std::string ValidUtf8(std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) return std::string(text);
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      escaped += c;
    } else {
      escaped += fmt::format("\\x{:02X}", byte);
    }
  }
  return escaped;
}

// The first bytes of a body, not cut inside a character.
std::string_view Cut(std::string_view body) {
  if (body.size() <= kMaxBodyBytes) return body;
  size_t end = kMaxBodyBytes;
  while (end > 0 && (static_cast<unsigned char>(body[end]) & 0xC0) == 0x80) --end;
  return body.substr(0, end);
}

}  // namespace

std::string AuditRecordJson(const AuditEntry& entry) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject();
  json.Key("time").Time(entry.time);
  json.Key("request_id").String(entry.request_id);
  if (!entry.token_id.empty()) {
    json.Key("token").BeginObject().Key("id").String(entry.token_id);
    json.Key("name").String(entry.token_name).EndObject();
  }
  json.Key("remote").String(entry.remote);
  json.Key("method").String(entry.method);
  json.Key("path").String(ValidUtf8(entry.path));
  if (!entry.parameters.empty()) {
    json.Key("parameters").BeginArray();
    for (const auto& [name, value] : entry.parameters) {
      json.BeginObject().Key("name").String(ValidUtf8(name));
      json.Key("value").String(ValidUtf8(value)).EndObject();
    }
    json.EndArray();
  }
  if (!entry.body.empty()) {
    json.Key("body").String(ValidUtf8(Cut(entry.body)));
    if (entry.body.size() > kMaxBodyBytes) json.Key("body_bytes").Uint(entry.body.size());
  }
  if (!entry.purpose.empty()) json.Key("purpose").String(entry.purpose);
  if (!entry.case_reference.empty()) json.Key("case").String(entry.case_reference);
  json.Key("outcome").String(entry.outcome);
  if (!entry.detail.empty()) json.Key("detail").Raw(entry.detail);
  json.EndObject();
  return text;
}

struct PendingAudit::State {
  Mutex mutex;
  std::optional<Status> written SIGHTLINE_GUARDED_BY(mutex);
  std::function<void(Status)> waiter SIGHTLINE_GUARDED_BY(mutex);

  void Finish(Status status) {
    std::function<void(Status)> waiting;
    {
      MutexLock lock(mutex);
      written = status;
      waiting = std::move(waiter);
    }
    if (waiting) waiting(std::move(status));
  }

  void WhenFinished(std::function<void(Status)> done) {
    std::optional<Status> status;
    {
      MutexLock lock(mutex);
      status = written;
      if (!status) {
        waiter = std::move(done);
        return;
      }
    }
    done(*std::move(status));
  }
};

boost::asio::awaitable<Status> PendingAudit::Written() {
  return AwaitCallback<Status>([state = state_](std::function<void(Status)> done) {
    state->WhenFinished(std::move(done));
  });
}

class AuditLog::Impl {
 public:
  explicit Impl(storage::Store& store) : store_(store), writer_([this] { Run(); }) {}

  ~Impl() {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
    }
    changed_.NotifyOne();
    writer_.join();
  }

  void Append(std::string record, std::shared_ptr<PendingAudit::State> state) {
    {
      MutexLock lock(mutex_);
      queue_.push_back({std::move(record), std::move(state)});
    }
    changed_.NotifyOne();
  }

 private:
  struct Item {
    std::string record;
    std::shared_ptr<PendingAudit::State> state;
  };

  void Run() {
    while (true) {
      std::vector<Item> items = AwaitItems();
      if (items.empty()) return;
      Write(std::move(items));
    }
  }

  // What is queued, oldest first, at most about a batch. Empty: the log is being destroyed.
  std::vector<Item> AwaitItems() {
    MutexLock lock(mutex_);
    while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
    std::vector<Item> items;
    for (size_t bytes = 0; !queue_.empty() && bytes < kMaxBatchBytes; queue_.pop_front()) {
      bytes += queue_.front().record.size();
      items.push_back(std::move(queue_.front()));
    }
    return items;
  }

  void Write(std::vector<Item> items) {
    std::vector<std::string> records;
    records.reserve(items.size());
    for (Item& item : items) records.push_back(std::move(item.record));
    const Result<uint64_t> first = store_.AppendAudit(records);
    if (!first) {
      Log(LogLevel::kError, "audit.append_failed",
          {{"code", ErrorCodeName(first.error().code)},
           {"reason", first.error().message},
           {"records", std::to_string(records.size())}});
    }
    for (const Item& item : items) item.state->Finish(first ? Ok() : Status(first.error()));
  }

  storage::Store& store_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<Item> queue_ SIGHTLINE_GUARDED_BY(mutex_);
  bool stopping_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  std::thread writer_;  // last: it uses the others
};

AuditLog::AuditLog(storage::Store& store) : impl_(std::make_unique<Impl>(store)) {}
AuditLog::~AuditLog() = default;

PendingAudit AuditLog::Append(std::string record) {
  auto state = std::make_shared<PendingAudit::State>();
  impl_->Append(std::move(record), state);
  return PendingAudit(std::move(state));
}

}  // namespace sightline::server
