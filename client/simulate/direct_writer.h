// Writing into a data directory without a server. The client knows no storage; the program that
// links both gives it one of these.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/camera.h"
#include "core/error.h"
#include "core/sighting.h"

namespace sightline::client {

// One thread at a time.
class DirectWriter {
 public:
  virtual ~DirectWriter() = default;
  virtual Status PutCameras(std::span<const Camera> cameras) = 0;
  // Takes the batch; waits while too much is on its way to the disk. Errors may be those of an
  // earlier batch.
  virtual Status Write(std::vector<Sighting> batch) = 0;
  // Everything is durable and indexed as far as a server would, and the directory closed. What was
  // accepted and what was there already.
  struct Totals {
    uint64_t accepted = 0;
    uint64_t duplicates = 0;
    uint64_t rejected = 0;
  };
  // Told how many graphs of image search are built, and how much of the next, in [0, 1]; from any
  // thread, one call at a time. False: no more of them.
  using GraphObserver = std::function<bool(size_t built, double share)>;
  // Null: no graphs. A server builds those that are left out.
  virtual Result<Totals> Close(const GraphObserver& graphs) = 0;
};

// Opens or makes a data directory. Errors: as the storage has them, naming the path.
using DirectWriterFactory =
    std::function<Result<std::unique_ptr<DirectWriter>>(const std::string& directory)>;

}  // namespace sightline::client
