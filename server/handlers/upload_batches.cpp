#include "server/handlers/upload_batches.h"

#include <iterator>
#include <utility>

namespace sightline::server {
namespace {

constexpr size_t kMaxUnderWay = 3;
constexpr size_t kMaxErrors = 1000;

}  // namespace

Result<bool> UploadBatches::TrySubmit(std::vector<ingest::IncomingSighting>& batch) {
  {
    MutexLock lock(mutex_);
    if (under_way_ >= kMaxUnderWay) return false;
    ++under_way_;
  }
  const Status taken =
      ingestor_.Submit(batch, [self = shared_from_this()](Result<ingest::BatchOutcome> outcome) {
        self->Finish(std::move(outcome));
      });
  MutexLock lock(mutex_);
  if (taken) {
    begun_ = true;
    batch.clear();
    return true;
  }
  --under_way_;
  if (!begun_) return taken.error();
  return false;
}

void UploadBatches::Finish(Result<ingest::BatchOutcome> outcome) {
  std::function<void(bool)> one_finished;
  std::function<void(Status)> all_finished;
  Status failure;
  {
    MutexLock lock(mutex_);
    --under_way_;
    if (outcome) {
      outcome_.accepted += outcome->accepted;
      outcome_.duplicates += outcome->duplicates;
      outcome_.rejected += outcome->rejected.size();
      for (ingest::RowError& row : outcome->rejected) AddError(row.line, std::move(row.error));
    } else if (failure_) {
      failure_ = outcome.error();
    }
    one_finished = std::exchange(one_finished_, nullptr);
    if (under_way_ == 0) all_finished = std::exchange(all_finished_, nullptr);
    failure = failure_;
  }
  if (one_finished) one_finished(true);
  if (all_finished) all_finished(std::move(failure));
}

void UploadBatches::Reject(uint64_t line, Error error) {
  ingestor_.CountRejected();
  MutexLock lock(mutex_);
  ++outcome_.rejected;
  AddError(line, std::move(error));
}

void UploadBatches::AddError(uint64_t line, Error error) {
  auto& errors = outcome_.errors;
  if (errors.size() == kMaxErrors && line >= std::prev(errors.end())->first) return;
  errors.emplace(line, std::move(error));
  if (errors.size() > kMaxErrors) errors.erase(std::prev(errors.end()));
}

void UploadBatches::WhenOneFinished(std::function<void(bool)> done) {
  {
    MutexLock lock(mutex_);
    if (under_way_ > 0) {
      one_finished_ = std::move(done);
      return;
    }
  }
  done(false);
}

void UploadBatches::WhenAllFinished(std::function<void(Status)> done) {
  Status failure;
  {
    MutexLock lock(mutex_);
    if (under_way_ > 0) {
      all_finished_ = std::move(done);
      return;
    }
    failure = failure_;
  }
  done(std::move(failure));
}

Status UploadBatches::failure() const {
  MutexLock lock(mutex_);
  return failure_;
}

UploadOutcome UploadBatches::outcome() const {
  MutexLock lock(mutex_);
  return outcome_;
}

}  // namespace sightline::server
