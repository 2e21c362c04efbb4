#include "server/engine.h"

#include <fmt/format.h>

#include <random>
#include <utility>

namespace sightline::server {

Engine::Engine(HttpServerOptions server_options, Router server_router, HttpServerHooks server_hooks)
    : options(std::move(server_options)),
      router(std::move(server_router)),
      hooks(std::move(server_hooks)),
      request_id_prefix_(fmt::format("{:08x}", std::random_device()())) {}

std::string Engine::NextRequestId() {
  return fmt::format("{}-{:08x}", request_id_prefix_,
                     last_request_.fetch_add(1, std::memory_order_relaxed) + 1);
}

bool Engine::AdmitConnection() {
  const MutexLock lock(mutex_);
  if (connections_ >= options.max_connections) return false;
  ++connections_;
  return true;
}

void Engine::EndConnection() {
  const MutexLock lock(mutex_);
  if (--connections_ == 0) none_open_.NotifyAll();
}

size_t Engine::connections() const {
  const MutexLock lock(mutex_);
  return connections_;
}

bool Engine::AwaitNoConnections(std::chrono::steady_clock::time_point deadline) {
  const MutexLock lock(mutex_);
  while (connections_ > 0) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) return false;
    if (deadline == std::chrono::steady_clock::time_point::max()) {
      none_open_.Wait(mutex_);
    } else {
      none_open_.WaitFor(mutex_, deadline - now);
    }
  }
  return true;
}

}  // namespace sightline::server
