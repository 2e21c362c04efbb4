// Threads that help a search while no other runs.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "core/mutex.h"

namespace sightline::index {

// Operation: the threads wait until a search that is alone has several pieces of work. A search that
// runs beside others does all of its own: then the processors are busy.
//
// Concurrency: thread-safe.
class SearchThreads {
 public:
  explicit SearchThreads(size_t threads);
  // Requires that no ForEach runs.
  ~SearchThreads();
  SearchThreads(const SearchThreads&) = delete;
  SearchThreads& operator=(const SearchThreads&) = delete;

  // Calls work(i) for each i in [0, pieces), in ascending order of their beginnings, from this
  // thread and, where no other search runs, from others at the same time. Returns once all are done.
  void ForEach(size_t pieces, const std::function<void(size_t)>& work) SIGHTLINE_EXCLUDES(mutex_);

 private:
  struct Search {
    size_t pieces = 0;
    size_t next = 0;     // to be begun
    size_t helpers = 0;  // that may still take a piece of it
    const std::function<void(size_t)>* work = nullptr;
  };

  void Run() SIGHTLINE_EXCLUDES(mutex_);
  // Does pieces until none is left to begin.
  void Work(Search& search) SIGHTLINE_REQUIRES(mutex_);

  Mutex mutex_;
  ConditionVariable offered_;
  ConditionVariable left_;
  size_t searches_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  Search* shared_ SIGHTLINE_GUARDED_BY(mutex_) = nullptr;  // helped with
  bool stopping_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace sightline::index
