// The rooms wired together: from a configuration to a running server.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/error.h"
#include "server/config.h"
#include "storage/store.h"

namespace sightline::server {

// Operation: Start checks what the configuration alone can tell, opens the data directory, takes
// the address, makes the owner token on the first start, and serves. A start that fails before
// leaves no token behind.
// Once it serves, retention is applied and the disk sampled, in the background, and again on timers
// (hourly and every five minutes). Stop ends in this order: no new
// connections, running requests to their end (or cut after shutdown_grace_s), what is queued for
// storage committed, the store closed.
//
// Concurrency: the methods are for one thread.
class Application {
 public:
  // `clock` and `out` (where a first owner token may be shown) outlive the application.
  // Errors: of the configuration (kInvalidArgument), of the store and of the listener.
  static Result<std::unique_ptr<Application>> Start(Config config, const Clock& clock,
                                                    std::ostream& out);

  // The same over a store that is open already.
  static Result<std::unique_ptr<Application>> StartWith(std::unique_ptr<storage::Store> store,
                                                        Config config, const Clock& clock,
                                                        std::ostream& out);
  ~Application();  // as Stop, errors logged

  // Where clients find it, with the port that was picked: "http://127.0.0.1:8080".
  const std::string& url() const;

  // Idempotent.
  Status Stop();

 private:
  class Impl;
  explicit Application(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::server
