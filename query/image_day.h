// The rows of one day that pass a filter, by how near their vectors are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "index/nearest.h"
#include "query/filter_matcher.h"
#include "query/planner.h"
#include "query/sources.h"

namespace sightline::query {

// The order in which a day gives its nearest rows.
inline bool NearerRow(const index::NearRow& a, const index::NearRow& b) {
  const auto place = [](const index::NearRow& row) {
    return std::tuple(row.distance, row.key.ms_of_day, row.key.camera_number,
                      row.key.identity_hash);
  };
  return place(a) < place(b);
}

// A filter as every day is asked by it.
struct ImageFilter {
  const Filter& filter;
  const FilterMatcher& matcher;  // the filter's
  Conditions conditions;         // the filter's
  Interval time;                 // the filter's, as far as there are days
  Sequence as_of = 0;
};

// Thread-safe; keeps the day open.
class ImageDay {
 public:
  virtual ~ImageDay() = default;

  // As index::DayColumns::Nearest, of the rows that pass the filter.
  virtual Result<std::vector<std::vector<index::NearRow>>> Nearest(
      const index::NearestQuery& nearest, index::NearestCost& cost,
      const Cancellation& cancellation) const = 0;

  // How many rows that pass the filter bear each of the plates, which ascend.
  virtual Result<std::vector<uint64_t>> CountByPlate(const std::vector<std::string>& plates,
                                                     const Cancellation& cancellation) const = 0;
};

// By the day's columns, or without such by its records. Null: no row of the day passes.
// `filter` outlives the result.
Result<std::unique_ptr<const ImageDay>> OpenImageDay(const Sources& sources,
                                                     const ImageFilter& filter, Day day,
                                                     const Cancellation& cancellation);

}  // namespace sightline::query
