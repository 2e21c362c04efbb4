// The passing rows of one day, in the order of the answer: one implementation for each way to find
// them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "index/column_index.h"
#include "query/filter_matcher.h"
#include "query/search_cost.h"
#include "query/sighting_search.h"
#include "storage/store.h"

namespace sightline::query {

// What is asked of every day alike.
struct DayQuestion {
  const FilterMatcher& matcher;
  // The filter's time, narrowed to what may follow `after`.
  Interval time;
  TimeOrder order = TimeOrder::kDescending;
  Sequence as_of = 0;
  // Rows at its very time pass only when they come behind it.
  std::optional<SearchPosition> after;
  Cancellation cancellation;
};

class DayRows {
 public:
  virtual ~DayRows() = default;

  // Appends the next rows to `out` until it holds `limit`. Fewer: this way gives no more.
  virtual Status Next(size_t limit, std::vector<StoredSighting>& out) = 0;

  // What of the question's time this way has left to another, when it gives no more.
  virtual std::optional<Interval> LeftOver() const { return std::nullopt; }
};

// By the day's time index. Works minute by minute and holds the best `limit` rows of one minute at
// most (8,192 where a caller streams with smaller batches), however many the minute has.
// `cameras`: numbers in ascending order that rows must bear; none: rows of every camera.
// `may_leave`: where it has read hundreds of records and few of them passed, it leaves the rest of
// the day to a way that reads fewer.
// `question` and `cost` outlive the object.
std::unique_ptr<DayRows> ScanDay(std::shared_ptr<const storage::DayReader> day,
                                 const DayQuestion& question,
                                 const std::optional<std::vector<uint32_t>>& cameras,
                                 bool may_leave, SearchCost& cost);

// By the day's plate index: the rows of `plates`, each named once. Holds the keys of all their rows
// of that day, 16 bytes each. `question` and `cost` outlive the object.
Result<std::unique_ptr<DayRows>> LookUpPlates(std::shared_ptr<const storage::DayReader> day,
                                              std::span<const std::string> plates,
                                              const DayQuestion& question, SearchCost& cost);

// By the day's columns: reads the records of rows that `scan` lets through, in the question's order
// and time, and no more of them than asked for. `question` and `cost` outlive the object.
std::unique_ptr<DayRows> ReadColumns(std::shared_ptr<const storage::DayReader> day,
                                     std::unique_ptr<index::ColumnScan> scan,
                                     const DayQuestion& question, SearchCost& cost);

}  // namespace sightline::query
