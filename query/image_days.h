// The days of a filter's time, asked together for the sightings nearest to some vectors.
#pragma once

#include <map>
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
#include "query/filter_matcher.h"
#include "query/image_day.h"
#include "query/image_search.h"
#include "query/sources.h"
#include "storage/store.h"

namespace sightline::query {

struct NearSighting {
  Day day;
  index::NearRow row;

  TimestampMs time() const { return day.start() + row.key.ms_of_day; }
};

// By distance to the nearest of several vectors, one question's part of a sweep.
struct NearestAsk {
  const std::vector<std::string>& vectors;
  size_t k = 0;  // at least 1
  double max_distance = 0;
};

// Operation: days are opened when they are first needed and stay open, so that asking again is
// cheap and sees the same rows. The bound of what is still wanted goes from day to day.
//
// Not thread-safe.
class ImageDays {
 public:
  // `filter`, and what `sources` points to, outlive the object. Days in `first` are asked before
  // the others, of which the newest come first.
  ImageDays(const Sources& sources, const Filter& filter, Sequence as_of,
            std::span<const Day> first, const Cancellation& cancellation);
  ImageDays(const ImageDays&) = delete;
  ImageDays& operator=(const ImageDays&) = delete;

  // For each ask its k nearest sightings, nearest first, then in order of (time, camera number,
  // identity); fewer only where fewer are within max_distance, and k of those where more are as
  // near as the last. Each has its distance to the nearest vector. `query` bears what all have in
  // common: its vectors, k and max_distance are set here.
  Result<std::vector<std::vector<NearSighting>>> Nearest(std::span<const NearestAsk> asks,
                                                         index::NearestQuery query,
                                                         ImageCost& cost);

  // How many sightings that pass the filter bear each of the plates, which ascend.
  Result<std::vector<uint64_t>> CountByPlate(const std::vector<std::string>& plates);

  // The records, in the order of `rows`; nullopt for one that does not pass the filter, or whose
  // day is gone.
  Result<std::vector<std::optional<StoredSighting>>> Read(std::span<const NearSighting* const> rows,
                                                          ImageCost& cost);

  // Its public id. Where the day is gone: one of no camera.
  Result<SightingId> IdOf(const NearSighting& row);

  const FilterMatcher& matcher() const { return matcher_; }

 private:
  struct OpenedDay {
    bool is_opened = false;
    std::unique_ptr<const ImageDay> rows;  // null: none passes
  };

  Result<const ImageDay*> Open(Day day);
  Result<const storage::DayReader*> Reader(Day day);

  const Sources sources_;
  const Cancellation cancellation_;
  const FilterMatcher matcher_;
  const ImageFilter filter_;
  std::vector<Day> days_;  // in the order in which they are asked
  std::map<Day, OpenedDay> opened_;
  std::map<Day, std::shared_ptr<const storage::DayReader>> readers_;  // null: the day is gone
};

}  // namespace sightline::query
