// What a search did and why: the answer to "explain".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sightline::query {

// The ways to the rows of a day. Every one gives the same answer.
enum class SearchPath {
  kPlate,        // the plate index of storage: the rows of one plate
  kPlates,       // the same for each of the day's plates that match
  kCamerasTime,  // the time index of storage, from camera to camera
  kColumns,      // the columns of the index, then the records of what passes
  kTime,         // the time index of storage, every row
};
inline constexpr SearchPath kSearchPaths[] = {SearchPath::kPlate, SearchPath::kPlates,
                                              SearchPath::kCamerasTime, SearchPath::kColumns,
                                              SearchPath::kTime};

// "plate", "plates", "cameras_time", "columns", "time".
std::string_view SearchPathName(SearchPath path);

// What the planner expected of one path, summed over the days for which it was considered.
struct PathEstimate {
  SearchPath path = SearchPath::kTime;
  uint64_t days_considered = 0;
  uint64_t days_chosen = 0;
  uint64_t rows = 0;     // keys, plate rows or column rows to look at
  uint64_t records = 0;  // records to read
  uint64_t microseconds = 0;
};

struct SearchCost {
  SearchPath path = SearchPath::kTime;   // the one taken on most days; of equals, the first taken
  std::vector<PathEstimate> estimates;   // of every path considered, chosen ones first
  uint64_t days = 0;            // opened
  uint64_t segments = 0;        // of columns, looked into
  uint64_t rows_scanned = 0;    // keys, plate rows or column rows looked at
  uint64_t rows_pruned = 0;     // of columns, passed over unseen
  uint64_t plates = 0;          // plates that matched a pattern or lie near, over all days
  uint64_t records_read = 0;    // records decoded
  uint64_t microseconds = 0;    // inside Next(), so far
};

}  // namespace sightline::query
