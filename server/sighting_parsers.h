// Parsers that wait for the next short upload with their buffers warm.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "api/sighting_json.h"
#include "core/mutex.h"

namespace sightline::server {

// Thread-safe. Outlives what it lends.
class SightingParsers {
 public:
  SightingParsers(api::SightingLimits limits, api::SpaceSource spaces)
      : limits_(std::move(limits)), spaces_(std::move(spaces)) {}

  struct Return {
    SightingParsers* owner = nullptr;
    void operator()(api::SightingParser* parser) const {
      owner->TakeBack(std::unique_ptr<api::SightingParser>(parser));
    }
  };
  using Lent = std::unique_ptr<api::SightingParser, Return>;

  Lent Lend() SIGHTLINE_EXCLUDES(mutex_) {
    {
      const MutexLock lock(mutex_);
      if (!idle_.empty()) {
        Lent lent(idle_.back().release(), {this});
        idle_.pop_back();
        return lent;
      }
    }
    return Lent(std::make_unique<api::SightingParser>(limits_, spaces_).release(), {this});
  }

 private:
  // As many as are lent at a time in practice; what a burst made beyond them is freed.
  static constexpr size_t kMaxIdle = 16;

  void TakeBack(std::unique_ptr<api::SightingParser> parser) SIGHTLINE_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (idle_.size() < kMaxIdle) idle_.push_back(std::move(parser));
  }

  const api::SightingLimits limits_;
  const api::SpaceSource spaces_;
  Mutex mutex_;
  std::vector<std::unique_ptr<api::SightingParser>> idle_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::server
