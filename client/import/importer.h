// Sends the batches of a file to the server, over one connection or several.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "client/answers.h"
#include "client/client.h"
#include "client/input/batch.h"
#include "core/camera.h"
#include "core/error.h"

namespace sightline::client {

struct ImportOptions {
  ClientOptions client;
  uint64_t batch_rows = 20'000;  // rows a request
  int connections = 1;           // with more than one, rows may be stored out of the file's order
  bool compress = false;         // gzip the requests
  // Cameras that a batch names and the server does not know are made first, of this kind.
  std::optional<CameraKind> camera_kind;
  // When true, no further request is begun; those under way are waited for.
  const std::atomic<bool>* stop = nullptr;
};

// What became of one batch. Lines are the file's.
struct BatchOutcome {
  uint64_t first_line = 0;
  uint64_t last_line = 0;
  uint64_t file_position = 0;
  uint64_t accepted = 0;
  uint64_t duplicates = 0;
  uint64_t rejected = 0;             // by the server or before sending
  std::vector<RowError> errors;      // by line; the server names the first 1,000 of a request
  uint64_t ambiguous_times = 0;
  uint64_t never_merged = 0;         // Batch::never_merged
};

// Told of the import as it goes. Never called twice at a time.
class ImportObserver {
 public:
  virtual ~ImportObserver() = default;
  // In the file's order, each batch once, when the server has acknowledged it: everything up to
  // last_line is settled.
  virtual Status OnBatch(const BatchOutcome& outcome) = 0;
  // About ten times a second.
  virtual void OnTick() = 0;
};

// Returns when everything is acknowledged, or with the first error, after the requests under way
// have ended; kCancelled when `stop` was set. The next batch is read while one is sent; memory: up
// to connections + 2 batches.
Status ImportBatches(BatchReader& reader, const ImportOptions& options, ImportObserver& observer);

}  // namespace sightline::client
