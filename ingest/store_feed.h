// Storage as the index sees it.
#pragma once

#include "index/feed.h"
#include "storage/store.h"

namespace sightline::ingest {

// Thread-safe. An open day of it keeps the store's day open.
class StoreFeed final : public index::Feed {
 public:
  // `store` outlives the feed.
  explicit StoreFeed(storage::Store& store) : store_(store) {}

  Result<std::shared_ptr<const index::DayFeed>> Open(Day day) override;
  std::vector<VectorSpace> Spaces() const override { return store_.Spaces(); }
  Status Commit(Day day, uint64_t sealed_to, std::span<const index::ListedSegment> added,
                std::span<const std::string> removed) override;
  Status Reset(Day day) override;

 private:
  storage::Store& store_;
};

}  // namespace sightline::ingest
