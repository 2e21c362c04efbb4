// The batches of one upload on their way into the store, and what became of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/error.h"
#include "core/mutex.h"
#include "ingest/ingestor.h"
#include "server/handlers/sighting_upload.h"

namespace sightline::server {

// Concurrency: all methods are thread-safe; at most one waiter of each kind at a time. Held by a
// shared pointer, since ingest may call back after the upload is gone.
class UploadBatches : public std::enable_shared_from_this<UploadBatches> {
 public:
  explicit UploadBatches(ingest::Ingestor& ingestor) : ingestor_(ingestor) {}

  // Hands the batch to ingest and leaves it empty. False when as many as allowed are under way or
  // ingest's queue is full; the batch is then left as it is. The queue of ingest being full before
  // anything was taken is an error, kUnavailable.
  Result<bool> TrySubmit(std::vector<ingest::IncomingSighting>& batch);

  // Counts a line that never reached a batch.
  void Reject(uint64_t line, Error error);

  // Calls done(true) when a batch has finished, or done(false) at once when none is under way.
  void WhenOneFinished(std::function<void(bool)> done);

  // Calls done when no batch is under way, with the first failure.
  void WhenAllFinished(std::function<void(Status)> done);

  // Why a batch could not be stored; later ones should not be tried.
  Status failure() const;

  // What has become of all finished batches and rejected lines.
  UploadOutcome outcome() const;

 private:
  void Finish(Result<ingest::BatchOutcome> outcome);
  void AddError(uint64_t line, Error error) SIGHTLINE_REQUIRES(mutex_);

  ingest::Ingestor& ingestor_;
  mutable Mutex mutex_;
  size_t under_way_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  bool begun_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  Status failure_ SIGHTLINE_GUARDED_BY(mutex_);
  UploadOutcome outcome_ SIGHTLINE_GUARDED_BY(mutex_);
  std::function<void(bool)> one_finished_ SIGHTLINE_GUARDED_BY(mutex_);
  std::function<void(Status)> all_finished_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::server
