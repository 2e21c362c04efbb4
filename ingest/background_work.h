// A thread of low priority that works, rests, and works again.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "core/cancellation.h"
#include "core/mutex.h"

namespace sightline::ingest {

// Runs `work` one `period` after the construction, and again one period after each end. Threads
// that `work` makes have its priority. All methods are thread-safe; Rest is for the work to call.
class BackgroundWork {
 public:
  // `nice`: the kernel's nice value, 0 to 19; queries and writers run at 0.
  BackgroundWork(int nice, std::chrono::milliseconds period, std::function<void()> work);
  // Cancels the work at hand and waits for its end.
  ~BackgroundWork();
  BackgroundWork(const BackgroundWork&) = delete;
  BackgroundWork& operator=(const BackgroundWork&) = delete;

  // False, and at once, when the work is to end.
  bool Rest(std::chrono::steady_clock::duration time) SIGHTLINE_EXCLUDES(mutex_);

  // Of the work that is running: cancelled when it is to end.
  const Cancellation& cancellation() const { return cancellation_; }

 private:
  void Run(int nice, std::chrono::milliseconds period, const std::function<void()>& work);

  Cancellation cancellation_;
  Mutex mutex_;
  ConditionVariable stop_;
  bool stopping_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace sightline::ingest
