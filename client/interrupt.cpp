#include "client/interrupt.h"

#include <csignal>

namespace sightline::client {
namespace {

// A signal handler can reach nothing but what is static.
std::atomic<bool> stop_requested{false};
std::atomic<bool> abort_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void OnSignal(int) {
  if (stop_requested.exchange(true)) abort_requested = true;
}

}  // namespace

void CatchInterrupts() {
  struct sigaction action = {};
  action.sa_handler = &OnSignal;  // without SA_RESTART, so that a read from a pipe comes back
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

const std::atomic<bool>& StopRequested() { return stop_requested; }
const std::atomic<bool>& AbortRequested() { return abort_requested; }

}  // namespace sightline::client
