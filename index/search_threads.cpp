#include "index/search_threads.h"

namespace sightline::index {

SearchThreads::SearchThreads(size_t threads) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

SearchThreads::~SearchThreads() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    offered_.NotifyAll();
  }
  for (std::thread& thread : threads_) thread.join();
}

void SearchThreads::ForEach(size_t pieces, const std::function<void(size_t)>& work) {
  Search search{.pieces = pieces, .work = &work};
  MutexLock lock(mutex_);
  ++searches_;
  if (searches_ == 1 && pieces > 1 && !threads_.empty()) {
    shared_ = &search;
    offered_.NotifyAll();
  }
  Work(search);
  if (shared_ == &search) shared_ = nullptr;
  while (search.helpers > 0) left_.Wait(mutex_);
  --searches_;
}

void SearchThreads::Work(Search& search) {
  while (search.next < search.pieces) {
    const size_t piece = search.next++;
    mutex_.Unlock();
    (*search.work)(piece);
    mutex_.Lock();
  }
}

void SearchThreads::Run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (shared_ == nullptr || shared_->next == shared_->pieces) {
      offered_.Wait(mutex_);
      continue;
    }
    Search& search = *shared_;
    ++search.helpers;
    Work(search);
    --search.helpers;
    left_.NotifyAll();
  }
}

}  // namespace sightline::index
