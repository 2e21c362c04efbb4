#include "server/periodic_task.h"

#include <utility>

namespace sightline::server {

PeriodicTask::PeriodicTask(std::chrono::milliseconds period, std::function<void()> work)
    : period_(period), work_(std::move(work)), thread_([this] { Loop(); }) {}

PeriodicTask::~PeriodicTask() {
  {
    MutexLock lock(mutex_);
    ending_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

void PeriodicTask::Loop() {
  auto next = std::chrono::steady_clock::now();
  while (WaitUntil(next)) {
    work_();
    next = std::chrono::steady_clock::now() + period_;
  }
}

bool PeriodicTask::WaitUntil(std::chrono::steady_clock::time_point next) {
  MutexLock lock(mutex_);
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    if (ending_ || now >= next) return !ending_;
    changed_.WaitFor(mutex_, next - now);
  }
}

}  // namespace sightline::server
