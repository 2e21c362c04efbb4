#include "index/column_index.h"

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "core/mutex.h"
#include "index/day_segments.h"
#include "index/search_threads.h"

namespace sightline::index {
namespace {

class SegmentedIndex final : public ColumnIndex {
 public:
  SegmentedIndex(Feed& feed, const ColumnIndexOptions& options) : feed_(feed), options_(options) {
    const size_t processors = std::max(1U, std::thread::hardware_concurrency());
    shared_.threads =
        std::make_shared<SearchThreads>(options.search_threads.value_or(processors - 1));
  }

  Result<std::shared_ptr<const DayColumns>> Open(Day day,
                                                 const Cancellation& cancellation) override {
    const auto segments = Acquire(day);
    auto columns = segments->Open(cancellation);
    if (columns && *columns == nullptr) Release(day, segments);
    return columns;
  }

  Result<bool> SealOnce(Day day, TimestampMs now, bool force,
                        const Cancellation& cancellation) override {
    return Acquire(day)->SealOnce(now, force, cancellation);
  }

  Result<bool> BuildGraphOnce(Day day, TimestampMs now, bool force, int threads,
                              const std::function<void(double)>& pace,
                              const Cancellation& cancellation) override {
    return Acquire(day)->BuildGraphOnce(now, force, threads, pace, cancellation);
  }

  Status Rebuild(Day day, const std::string& segment, const std::string& space,
                 const Cancellation& cancellation) override {
    return Acquire(day)->Rebuild(segment, space, cancellation);
  }

  void Forget(Day day) override {
    std::shared_ptr<DaySegments> segments;
    {
      MutexLock lock(mutex_);
      const auto found = days_.find(day);
      if (found == days_.end()) return;
      segments = std::move(found->second.segments);
      days_.erase(found);
    }
    segments->Forget();
  }

  std::vector<SegmentStats> Segments(Day day) const override {
    MutexLock lock(mutex_);
    const auto ready = days_.find(day);
    if (ready == days_.end()) return {};
    return ready->second.segments->SegmentStats();
  }

  std::vector<DayStats> GetStats() const override {
    std::vector<DayStats> stats;
    MutexLock lock(mutex_);
    stats.reserve(days_.size());
    for (const auto& [day, ready] : days_) stats.push_back(ready.segments->Stats());
    return stats;
  }

 private:
  struct ReadyDay {
    std::shared_ptr<DaySegments> segments;
    uint64_t last_use = 0;
  };

  std::shared_ptr<DaySegments> Acquire(Day day) {
    std::shared_ptr<DaySegments> evicted;  // destroyed without the lock
    MutexLock lock(mutex_);
    ReadyDay& ready = days_[day];
    ready.last_use = ++uses_;
    if (ready.segments == nullptr) {
      ready.segments = std::make_shared<DaySegments>(day, feed_, options_, shared_);
      if (days_.size() > options_.max_ready_days) evicted = Evict();
    }
    return ready.segments;
  }

  // A day in use stays: two objects of one day would commit over each other.
  std::shared_ptr<DaySegments> Evict() SIGHTLINE_REQUIRES(mutex_) {
    auto oldest = days_.end();
    for (auto at = days_.begin(); at != days_.end(); ++at) {
      if (at->second.last_use != uses_ && at->second.segments.use_count() == 1 &&
          (oldest == days_.end() || at->second.last_use < oldest->second.last_use)) {
        oldest = at;
      }
    }
    if (oldest == days_.end()) return nullptr;
    auto segments = std::move(oldest->second.segments);
    days_.erase(oldest);
    return segments;
  }

  // Of a day that holds nothing, where nobody else waits for it.
  void Release(Day day, const std::shared_ptr<DaySegments>& segments) {
    MutexLock lock(mutex_);
    const auto found = days_.find(day);
    if (found != days_.end() && found->second.segments == segments && segments.use_count() == 2) {
      days_.erase(found);
    }
  }

  Feed& feed_;
  const ColumnIndexOptions options_;
  IndexShared shared_;
  mutable Mutex mutex_;
  std::map<Day, ReadyDay> days_ SIGHTLINE_GUARDED_BY(mutex_);
  uint64_t uses_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
};

}  // namespace

std::unique_ptr<ColumnIndex> ColumnIndex::Create(Feed& feed, const ColumnIndexOptions& options) {
  return std::make_unique<SegmentedIndex>(feed, options);
}

}  // namespace sightline::index
