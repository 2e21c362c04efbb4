// Image search: the sightings that look most like some examples, inside a filter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"
#include "core/vector_space.h"
#include "index/nearest.h"
#include "query/sources.h"
#include "query/travel_bound.h"

namespace sightline::query {

// What the wanted vehicle looks like, or does not: a stored sighting's vector, or one given.
struct ImageExample {
  std::optional<SightingId> sighting;
  std::string vector;  // without `sighting`: bytes of the space
};

// The place after one row of an answer: where the next page starts.
struct ImagePosition {
  double distance = 0;
  SightingId id;

  bool operator==(const ImagePosition&) const = default;
};

struct ImageRequest {
  std::string space = "vehicle";
  std::vector<ImageExample> like;  // 1 to kMaxExamples
  std::vector<ImageExample> unlike;
  Filter filter;
  size_t k = 20;  // [1, kMaxMatches]
  // The metric's own; of l2 not squared.
  std::optional<double> max_distance;
  // One match a plate, its nearest sighting; each unread plate is its own.
  bool group_by_plate = false;
  bool exact = false;
  std::optional<Sequence> as_of;       // default: everything visible at the start
  std::optional<ImagePosition> after;  // default: from the nearest
  // How many matches lie before `after`, as the page that ended there said: how deep to look.
  size_t skip = 0;
  // Marks matches that the vehicle of the first example that is a sighting could not have been, and
  // puts them behind the others.
  std::optional<TravelBound> travel;
};

inline constexpr size_t kMaxExamples = 32;  // like and unlike together
inline constexpr size_t kMaxMatches = 1'000;
// Pages end there.
inline constexpr size_t kMaxDepth = 10'000;

struct ImageMatch {
  // To the nearest example. Where there are counter-examples, sightings that are nearer to one of
  // them than to every example are none of the answer.
  double distance = 0;
  StoredSighting sighting;
  // Grouped: other sightings of the plate that pass the filter, `max_distance` aside.
  uint64_t others = 0;
  std::optional<TravelVerdict> travel;  // with ImageRequest::travel
};

struct ImageCost {
  index::NearestCost index;
  uint64_t days = 0;          // opened
  uint64_t rounds = 0;        // of asking the index, wider each time
  uint64_t records_read = 0;
  uint64_t microseconds = 0;
};

struct ImageAnswer {
  // Nearest first; of equals, by id. With `travel` those that are possible first. Exact answers are
  // complete: where many are as near as the last, those of the least ids are there.
  std::vector<ImageMatch> matches;
  bool more = false;  // there are matches behind these
  // With `more`, what the next page is asked with: ImageRequest::after and ::skip. (The farthest
  // match; with `travel` not always the last.)
  std::optional<ImagePosition> next;
  size_t next_skip = 0;
  VectorSpace space;
  Sequence as_of = 0;
  ImageCost cost;
};

// Operation: every day of the filter's time is asked for its nearest rows, nearer bounds first
// found narrowing what the next days are asked; records are read for the rows of the answer alone.
// Sightings asked with are left out of the answer. Versions in force at `as_of` count.
//
// Thread-safe. Errors: kInvalidArgument with `field` ("/like/0/vector", ...) for a question that
// cannot be asked, kNotFound for an example that is not stored, kUnacceptable for one without a
// vector of the space; kCancelled, storage's.
Result<ImageAnswer> SearchImage(const Sources& sources, const ImageRequest& request,
                                const Cancellation& cancellation);

// The same for many questions at once. Those that differ in their examples, max_distance and travel
// alone are asked of the index together, and what that costs stands with the first of them. All see
// the same sightings, where they do not ask for an earlier `as_of`. An error of one question is its
// own.
std::vector<Result<ImageAnswer>> SearchImages(const Sources& sources,
                                              std::span<const ImageRequest> requests,
                                              const Cancellation& cancellation);

}  // namespace sightline::query
