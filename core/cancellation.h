// Stopping work that nobody waits for any more.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "core/error.h"

namespace sightline {

// A flag and a deadline that loops over data look at. Copies share the flag. Thread-safe.
class Cancellation {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // Never cancelled until Cancel() is called.
  Cancellation() : Cancellation(Deadline::max()) {}
  explicit Cancellation(Deadline deadline)
      : state_(std::make_shared<std::atomic<bool>>(false)), deadline_(deadline) {}

  void Cancel() { state_->store(true, std::memory_order_relaxed); }

  // The same flag with another deadline, for one part of the work.
  Cancellation WithDeadline(Deadline deadline) const {
    Cancellation other = *this;
    other.deadline_ = deadline;
    return other;
  }

  // Cheap enough to call every thousand rows; not for every row.
  Status Check() const {
    if (state_->load(std::memory_order_relaxed)) {
      return Error{ErrorCode::kCancelled, "the request was cancelled", {}};
    }
    if (deadline_ != Deadline::max() && std::chrono::steady_clock::now() >= deadline_) {
      return Error{ErrorCode::kUnavailable, "the request ran past its deadline (query_timeout_s)", {}};
    }
    return Ok();
  }

 private:
  std::shared_ptr<std::atomic<bool>> state_;
  Deadline deadline_;
};

}  // namespace sightline
