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
  while (WaitForNext()) work_();
}

bool PeriodicTask::WaitForNext() {
  const auto next = std::chrono::steady_clock::now() + period_;
  MutexLock lock(mutex_);
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    if (ending_ || now >= next) return !ending_;
    changed_.WaitFor(mutex_, next - now);
  }
}

}  // namespace sightline::server
