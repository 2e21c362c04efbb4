// A feed in memory: the logs of days, with a directory for their segments.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/mutex.h"
#include "index/feed.h"

namespace sightline::index {

// Thread-safe. An opened day sees what is added and committed later.
class MemoryFeed final : public Feed {
 public:
  // Makes a directory of its own, and removes it when destroyed.
  MemoryFeed();
  ~MemoryFeed() override;

  void Append(Day day, std::vector<IndexRow> versions);
  void Delete(Day day);
  // Fails every Commit from now on, before (or after) it takes effect; kNone: no more.
  enum class Failure { kNone, kBefore, kAfter };
  void FailCommits(Failure failure);

  // In the place of DefaultSpaces().
  void SetSpaces(std::vector<VectorSpace> spaces);

  std::filesystem::path Directory(Day day) const;
  size_t ResetCount() const;

  Result<std::shared_ptr<const DayFeed>> Open(Day day) override;
  std::vector<VectorSpace> Spaces() const override;
  Status Commit(Day day, uint64_t sealed_to, std::span<const ListedSegment> added,
                std::span<const std::string> removed) override;
  Status Reset(Day day) override;

 private:
  class OpenDay;
  struct State {
    Mutex mutex;
    std::vector<IndexRow> log SIGHTLINE_GUARDED_BY(mutex);
    std::unordered_map<RowKey, std::vector<Sequence>> versions SIGHTLINE_GUARDED_BY(mutex);
    bool corrected SIGHTLINE_GUARDED_BY(mutex) = false;
    uint64_t sealed_to SIGHTLINE_GUARDED_BY(mutex) = 0;
    std::vector<ListedSegment> segments SIGHTLINE_GUARDED_BY(mutex);
  };

  std::filesystem::path directory_;
  mutable Mutex mutex_;
  std::map<Day, std::shared_ptr<State>> days_ SIGHTLINE_GUARDED_BY(mutex_);
  Failure failure_ SIGHTLINE_GUARDED_BY(mutex_) = Failure::kNone;
  std::vector<VectorSpace> spaces_ SIGHTLINE_GUARDED_BY(mutex_) = DefaultSpaces();
  size_t resets_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
};

}  // namespace sightline::index
