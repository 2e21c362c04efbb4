#include "core/background_work.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

namespace sightline {
namespace {

using Steady = std::chrono::steady_clock;

}  // namespace

BackgroundWork::BackgroundWork(const BackgroundOptions& options, std::function<void()> work)
    : thread_([this, options, work = std::move(work)] { Run(options, work); }) {}

BackgroundWork::~BackgroundWork() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    stop_.NotifyAll();
  }
  cancellation_.Cancel();
  thread_.join();
}

bool BackgroundWork::Rest(Steady::duration time) {
  const Steady::time_point until = Steady::now() + time;
  const MutexLock lock(mutex_);
  while (!stopping_) {
    const Steady::time_point now = Steady::now();
    if (now >= until) return true;
    stop_.WaitFor(mutex_, until - now);
  }
  return false;
}

void BackgroundWork::Run(const BackgroundOptions& options, const std::function<void()>& work) {
  LowerThreadPriority(options.nice);
  bool goes_on = Rest(options.at_once ? std::chrono::milliseconds(0) : options.period);
  while (goes_on) {
    work();
    goes_on = Rest(options.period);
  }
}

void LowerThreadPriority(int nice) {
  if (nice == 0) return;
  const auto thread = static_cast<id_t>(syscall(SYS_gettid));
  // Without it the work is done all the same.
  static_cast<void>(setpriority(PRIO_PROCESS, thread, nice));
}

}  // namespace sightline
