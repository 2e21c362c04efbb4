#include "ingest/background_work.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

namespace sightline::ingest {
namespace {

using Steady = std::chrono::steady_clock;

void LowerPriority(int nice) {
  const auto thread = static_cast<id_t>(syscall(SYS_gettid));
  // Without it the work is done all the same.
  static_cast<void>(setpriority(PRIO_PROCESS, thread, nice));
}

}  // namespace

BackgroundWork::BackgroundWork(int nice, std::chrono::milliseconds period,
                               std::function<void()> work)
    : thread_([this, nice, period, work = std::move(work)] { Run(nice, period, work); }) {}

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

void BackgroundWork::Run(int nice, std::chrono::milliseconds period,
                         const std::function<void()>& work) {
  LowerPriority(nice);
  while (Rest(period)) work();
}

}  // namespace sightline::ingest
