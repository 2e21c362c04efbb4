// A thread that works, rests, and works again.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "core/cancellation.h"
#include "core/mutex.h"

namespace sightline {

struct BackgroundOptions {
  std::chrono::milliseconds period{0};  // from the end of the work to its next beginning
  bool at_once = false;                 // else the first work waits for a period, too
  int nice = 0;  // the kernel's nice value, 0 to 19; queries and writers run at 0
};

// Runs `work` again and again. Threads that `work` makes have its priority. All methods are
// thread-safe; Rest is for the work to call.
class BackgroundWork {
 public:
  BackgroundWork(const BackgroundOptions& options, std::function<void()> work);
  // Cancels the work at hand, waits for its end, and cuts short a rest.
  ~BackgroundWork();
  BackgroundWork(const BackgroundWork&) = delete;
  BackgroundWork& operator=(const BackgroundWork&) = delete;

  // False, and at once, when the work is to end.
  bool Rest(std::chrono::steady_clock::duration time) SIGHTLINE_EXCLUDES(mutex_);

  // Of the work that is running: cancelled when it is to end.
  const Cancellation& cancellation() const { return cancellation_; }

 private:
  void Run(const BackgroundOptions& options, const std::function<void()>& work);

  Cancellation cancellation_;
  Mutex mutex_;
  ConditionVariable stop_;
  bool stopping_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// Gives the calling thread a nice value, as far as the system lets it.
void LowerThreadPriority(int nice);

}  // namespace sightline
