// What all connections of one HTTP server share.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/mutex.h"
#include "server/http_server.h"
#include "server/router.h"

namespace sightline::server {

// Seconds of an option as a duration of the clock that deadlines are kept in.
inline std::chrono::steady_clock::duration Seconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(seconds));
}

// Thread-safe; options, router and hooks never change.
class Engine {
 public:
  Engine(HttpServerOptions options, Router router, HttpServerHooks hooks);

  const HttpServerOptions options;
  const Router router;
  const HttpServerHooks hooks;

  std::string NextRequestId();

  // Counts a connection in, unless max_connections are open already.
  bool AdmitConnection() SIGHTLINE_EXCLUDES(mutex_);
  void EndConnection() SIGHTLINE_EXCLUDES(mutex_);
  size_t connections() const SIGHTLINE_EXCLUDES(mutex_);
  // Waits until no connection is open; false when `deadline` came first.
  bool AwaitNoConnections(std::chrono::steady_clock::time_point deadline)
      SIGHTLINE_EXCLUDES(mutex_);

  std::atomic<size_t> running_exchanges{0};
  std::atomic<uint64_t> refused_connections{0};

 private:
  const std::string request_id_prefix_;  // tells this process from others
  std::atomic<uint64_t> last_request_{0};
  mutable Mutex mutex_;
  ConditionVariable none_open_;
  size_t connections_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
};

}  // namespace sightline::server
