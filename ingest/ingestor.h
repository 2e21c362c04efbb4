// The one way in: validate, deduplicate, make durable, acknowledge.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/sighting.h"
#include "ingest/committed_reading.h"
#include "storage/store.h"

namespace sightline::ingest {

struct IngestOptions {
  // How far ahead of the server's clock a sighting's time may be, in seconds.
  int64_t max_future_skew_s = 3600;
  // Rows that one durable batch takes at most, over all requests.
  size_t max_batch_rows = 4096;
  // Rows waiting for the committer before Submit refuses more with kUnavailable.
  size_t max_queued_rows = 65'536;
};

// A sighting as parsed, with the line (from 1) or element that it came from.
struct IncomingSighting {
  uint64_t line = 0;
  Sighting sighting;  // `location` empty unless the client gave one
};

struct RowError {
  uint64_t line = 0;
  Error error;  // message for a person, field as a JSON pointer into the sighting
};

struct BatchOutcome {
  uint64_t accepted = 0;
  uint64_t duplicates = 0;
  std::vector<RowError> rejected;  // by line
  std::vector<SightingId> ids;     // of each row of the batch that was not rejected, in order
};

// Operation: Submit checks and encodes on the caller's thread, then queues the batch. One
// committer thread takes what is queued, from however many requests, as one durable batch (group
// commit), and then calls each request back.
//
// Concurrency: all methods are thread-safe. Callbacks run on the committer's thread and must not
// block.
class Ingestor {
 public:
  // `store`, `clock` and what `observer` refers to outlive the ingestor. Null: nobody is told.
  Ingestor(storage::Store& store, const Clock& clock, const IngestOptions& options,
           CommitObserver observer = nullptr);
  ~Ingestor();  // commits what is queued

  // Takes the batch and calls `done` exactly once, with storage's errors as they came; the outcome
  // counts exactly the batch's rows. kUnavailable when the queue is full: `batch` is then left as it
  // is, so that the caller can try again, and `done` is never called.
  Status Submit(std::vector<IncomingSighting>& batch,
                std::function<void(Result<BatchOutcome>)> done);

  // Counts a row that was refused before it could be submitted, so that Stats tells of all.
  void CountRejected();

  struct Stats {
    uint64_t accepted = 0;
    uint64_t duplicates = 0;
    uint64_t rejected = 0;
    uint64_t commits = 0;
    size_t queued_rows = 0;
  };
  Stats GetStats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::ingest
