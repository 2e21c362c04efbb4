// Conditional search: the sightings that pass a filter, in time order, page by page or as a stream.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"
#include "storage/store.h"

namespace sightline::query {

// The place after one row of an answer: where the next page starts.
struct SearchPosition {
  TimestampMs time;
  std::string camera_id;
  SightingId id;

  bool operator==(const SearchPosition&) const = default;
};

struct SearchRequest {
  Filter filter;
  TimeOrder order = TimeOrder::kDescending;
  std::optional<Sequence> as_of;        // default: everything visible at the start
  std::optional<SearchPosition> after;  // default: from the first row
};

// What a search did, for "explain".
struct SearchCost {
  std::string path;            // "plate", "cameras_time" or "time"
  uint64_t days = 0;           // days opened
  uint64_t rows_scanned = 0;   // keys or plate rows looked at
  uint64_t records_read = 0;   // records decoded
};

// One running search. Rows come in order, in batches. Not thread-safe.
class SightingSearch {
 public:
  // `store` outlives the search.
  SightingSearch(storage::Store& store, SearchRequest request, Cancellation cancellation);
  ~SightingSearch();

  // The next rows, at most `limit` (>= 1); an empty batch is the end of the answer. After an error
  // the search is over.
  Result<std::vector<StoredSighting>> Next(size_t limit);

  Sequence as_of() const;
  const SearchCost& cost() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether one sighting passes the whole filter (time, plate, cameras, area, near, attributes).
// The definition that every faster path must agree with.
bool Matches(const Filter& filter, const Sighting& sighting);

}  // namespace sightline::query
