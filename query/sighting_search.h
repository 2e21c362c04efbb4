// Conditional search: the sightings that pass a filter, in order of time or of relevance, page by
// page or as a stream.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"
#include "query/plate_match.h"
#include "query/search_cost.h"
#include "query/sources.h"

namespace sightline::query {

struct FoundSighting {
  StoredSighting sighting;
  std::optional<PlateMatch> match;  // whenever the filter has plate_like, in every order

  bool operator==(const FoundSighting&) const = default;
};

// The place after one row of an answer: where the next page starts.
struct SearchPosition {
  TimestampMs time;
  std::string camera_id;
  SightingId id;
  double probability = 0;  // of the row's match; counts in the order of relevance alone

  bool operator==(const SearchPosition&) const = default;
};

SearchPosition PositionOf(const FoundSighting& row);

struct SearchRequest {
  Filter filter;
  // kRelevance without plate_like: every row is as relevant, which leaves kTimeDescending.
  ResultOrder order = ResultOrder::kTimeDescending;
  std::optional<Sequence> as_of;        // default: everything visible at the start
  std::optional<SearchPosition> after;  // default: from the first row
};

// One running search. Rows come in order, in batches. Not thread-safe.
//
// Operation: each day is planned for itself when the answer gets there (query/planner.h); a day
// behind a full page is not opened. With plate_like the plates near it are weighed first, over all
// days of the filter's time, since the probability of each depends on the others
// (query/near_plates.h); in the order of relevance the rows of the likeliest come first.
class SightingSearch {
 public:
  // What `sources` points to outlives the search.
  SightingSearch(Sources sources, SearchRequest request, Cancellation cancellation);
  ~SightingSearch();

  // The next rows, at most `limit` (>= 1); an empty batch is the end of the answer. After an error
  // the search is over.
  Result<std::vector<FoundSighting>> Next(size_t limit);

  Sequence as_of() const;
  const SearchCost& cost() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether one sighting passes the whole filter (time, plate, plate_like, cameras, area, near,
// attributes). The definition that every faster path must agree with.
bool Matches(const Filter& filter, const Sighting& sighting);

}  // namespace sightline::query
