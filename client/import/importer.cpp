#include "client/import/importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <thread>

#include "client/import/camera_registrar.h"
#include "client/import/gzip.h"
#include "core/mutex.h"

namespace sightline::client {
namespace {

constexpr std::chrono::milliseconds kTick{100};

Error Interrupted() { return {ErrorCode::kCancelled, "interrupted", {}}; }

struct NumberedBatch {
  uint64_t number = 0;
  Batch batch;
};

// The batches between the thread that reads the file and those that send, and the outcomes on their
// way back. Thread-safe.
class Exchange {
 public:
  Exchange(size_t capacity, const std::atomic<bool>* stop, ImportObserver& observer)
      : capacity_(capacity), stop_(stop), observer_(observer) {}

  // Waits for room. False when the import is over: failed or stopped.
  bool Push(Batch batch) SIGHTLINE_EXCLUDES(mutex_);
  // Waits for a batch. nullopt when there are no more.
  std::optional<NumberedBatch> Pop() SIGHTLINE_EXCLUDES(mutex_);
  void Settle(uint64_t number, BatchOutcome outcome) SIGHTLINE_EXCLUDES(mutex_);
  // Ends the import with an error; the first one counts.
  void Fail(Error error) SIGHTLINE_EXCLUDES(mutex_);
  // No more batches come. Waits until those under way are settled.
  Status Finish() SIGHTLINE_EXCLUDES(mutex_);

 private:
  bool Stopped() const { return stop_ != nullptr && stop_->load(); }
  bool Over() const SIGHTLINE_REQUIRES(mutex_) { return !status_ || Stopped(); }
  void WaitAndTick() SIGHTLINE_REQUIRES(mutex_) {
    changed_.WaitFor(mutex_, kTick);
    observer_.OnTick();
  }

  const size_t capacity_;
  const std::atomic<bool>* const stop_;
  ImportObserver& observer_;  // called with mutex_ held

  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<NumberedBatch> waiting_ SIGHTLINE_GUARDED_BY(mutex_);
  uint64_t pushed_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  size_t under_way_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  bool closed_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  Status status_ SIGHTLINE_GUARDED_BY(mutex_);
  // Settled before an earlier one was.
  std::map<uint64_t, BatchOutcome> early_ SIGHTLINE_GUARDED_BY(mutex_);
  uint64_t next_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
};

bool Exchange::Push(Batch batch) {
  MutexLock lock(mutex_);
  while (!Over() && waiting_.size() >= capacity_) WaitAndTick();
  if (Over()) return false;
  waiting_.push_back({pushed_++, std::move(batch)});
  changed_.NotifyAll();
  return true;
}

std::optional<NumberedBatch> Exchange::Pop() {
  MutexLock lock(mutex_);
  while (!Over() && waiting_.empty() && !closed_) changed_.WaitFor(mutex_, kTick);
  if (Over() || waiting_.empty()) return std::nullopt;
  NumberedBatch batch = std::move(waiting_.front());
  waiting_.pop_front();
  ++under_way_;
  changed_.NotifyAll();
  return batch;
}

void Exchange::Settle(uint64_t number, BatchOutcome outcome) {
  MutexLock lock(mutex_);
  --under_way_;
  early_.emplace(number, std::move(outcome));
  for (auto first = early_.begin(); first != early_.end() && first->first == next_;
       first = early_.erase(first), ++next_) {
    const Status told = observer_.OnBatch(first->second);
    if (!told && status_) status_ = told.error();
  }
  changed_.NotifyAll();
}

void Exchange::Fail(Error error) {
  MutexLock lock(mutex_);
  if (under_way_ > 0) --under_way_;
  if (status_) status_ = std::move(error);
  changed_.NotifyAll();
}

Status Exchange::Finish() {
  MutexLock lock(mutex_);
  closed_ = true;
  changed_.NotifyAll();
  while (under_way_ > 0 || (!Over() && !waiting_.empty())) WaitAndTick();
  if (status_ && next_ < pushed_) return Interrupted();
  return status_;
}

// The server's lines count within the request; the file's are wanted.
Result<BatchOutcome> Upload(Client& client, const Batch& batch, bool compress) {
  BatchOutcome outcome{.first_line = batch.first_line,
                       .last_line = batch.last_line,
                       .file_position = batch.file_position,
                       .rejected = batch.rejected.size(),
                       .errors = batch.rejected,
                       .ambiguous_times = batch.ambiguous_times,
                       .never_merged = batch.never_merged};
  if (batch.rows == 0) return outcome;
  std::string compressed;
  if (compress) compressed = Gzip(batch.body);
  TextBody body(compress ? compressed : batch.body);
  SIGHTLINE_ASSIGN(UploadOutcome answer, client.UploadSightings(body, {.gzip = compress}));
  outcome.accepted = answer.accepted;
  outcome.duplicates = answer.duplicates;
  outcome.rejected += answer.rejected;
  for (RowError& error : answer.errors) {
    if (error.line == 0 || (!batch.lines.empty() && error.line > batch.lines.size())) {
      return Internal(fmt::format("the server reports line {} of a request that has no such line",
                                  error.line));
    }
    error.line = batch.FileLine(error.line);
    outcome.errors.push_back(std::move(error));
  }
  std::ranges::stable_sort(outcome.errors, {}, &RowError::line);
  return outcome;
}

void SendBatches(Client& client, const ImportOptions& options, Exchange& exchange) {
  while (auto next = exchange.Pop()) {
    Result<BatchOutcome> outcome = Upload(client, next->batch, options.compress);
    if (!outcome) return exchange.Fail(outcome.error());
    exchange.Settle(next->number, std::move(*outcome));
  }
}

// Reads the file to its end, or as far as the import goes.
Status ReadBatches(BatchReader& reader, const ImportOptions& options, CameraRegistrar* registrar,
                   Exchange& exchange) {
  while (true) {
    Batch batch;
    SIGHTLINE_ASSIGN(const bool any, reader.Next(options.batch_rows, batch));
    if (!any) return Ok();
    if (registrar != nullptr) SIGHTLINE_RETURN_IF_ERROR(registrar->Register(batch.cameras));
    if (!exchange.Push(std::move(batch))) return Interrupted();
  }
}

}  // namespace

Status ImportBatches(BatchReader& reader, const ImportOptions& options, ImportObserver& observer) {
  std::vector<Client> clients;
  for (int i = 0; i < options.connections; ++i) {
    SIGHTLINE_ASSIGN(Client client, Client::Create(options.client));
    clients.push_back(std::move(client));
  }
  std::optional<CameraRegistrar> registrar;
  if (options.camera_kind) {
    SIGHTLINE_ASSIGN(Client client, Client::Create(options.client));
    registrar.emplace(std::move(client), *options.camera_kind);
  }
  Exchange exchange(2, options.stop, observer);
  std::vector<std::jthread> senders;
  for (Client& client : clients) {
    senders.emplace_back([&] { SendBatches(client, options, exchange); });
  }
  const Status read =
      ReadBatches(reader, options, registrar ? &*registrar : nullptr, exchange);
  const Status finished = exchange.Finish();
  // What was read before the file broke off has been sent by now.
  return finished ? read : finished;
}

}  // namespace sightline::client
