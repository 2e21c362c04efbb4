// Work that is done again and again in the background.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "core/mutex.h"

namespace sightline::server {

// Runs `work` on a thread of its own, at once and then again one `period` after each end.
// The destructor waits for work that is running, and cuts short the wait for the next.
class PeriodicTask {
 public:
  PeriodicTask(std::chrono::milliseconds period, std::function<void()> work);
  ~PeriodicTask();
  PeriodicTask(const PeriodicTask&) = delete;
  PeriodicTask& operator=(const PeriodicTask&) = delete;

 private:
  void Loop();
  // False when the task is to end.
  bool WaitUntil(std::chrono::steady_clock::time_point next);

  const std::chrono::milliseconds period_;
  const std::function<void()> work_;
  Mutex mutex_;
  ConditionVariable changed_;
  bool ending_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace sightline::server
