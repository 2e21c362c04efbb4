// A mutex whose use clang's -Wthread-safety checks.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define SIGHTLINE_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define SIGHTLINE_THREAD_ANNOTATION(x)
#endif

// On a member: read and written only while the mutex is held.
#define SIGHTLINE_GUARDED_BY(mutex) SIGHTLINE_THREAD_ANNOTATION(guarded_by(mutex))
// On a function: the caller holds, or must not hold, the mutex.
#define SIGHTLINE_REQUIRES(...) SIGHTLINE_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define SIGHTLINE_EXCLUDES(...) SIGHTLINE_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))

namespace sightline {

class SIGHTLINE_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  void Lock() SIGHTLINE_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void Unlock() SIGHTLINE_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  friend class ConditionVariable;
  std::mutex mutex_;
};

// Holds a Mutex for a scope.
class SIGHTLINE_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) SIGHTLINE_THREAD_ANNOTATION(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() SIGHTLINE_THREAD_ANNOTATION(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits with the mutex held on entry and on return. Callers loop over their condition.
class ConditionVariable {
 public:
  void Wait(Mutex& mutex) SIGHTLINE_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // Returns false when `timeout` passed first.
  template <typename Duration>
  bool WaitFor(Mutex& mutex, Duration timeout) SIGHTLINE_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool notified = condition_.wait_for(lock, timeout) == std::cv_status::no_timeout;
    lock.release();
    return notified;
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace sightline
