// Says which rows of a file the server took for duplicates: it only counts them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/input/batch.h"
#include "core/error.h"

namespace sightline::client {

// A stretch of the file that was one request, and what the server said of it.
struct SentRange {
  uint64_t first_line = 0;
  uint64_t last_line = 0;
  uint64_t accepted = 0;
  uint64_t duplicates = 0;
};

// One row, or a number of rows that cannot be told apart.
struct DuplicateNote {
  uint64_t line = 0;          // the row; or the first line of the range that holds the rows
  uint64_t last_line = 0;     // the same as line; or the range's last line
  uint64_t count = 1;         // how many duplicates this note speaks of
  uint64_t earlier_line = 0;  // of the file, with the same identity; 0: none, the server had it
};

struct DuplicateSummary {
  uint64_t within_file = 0;    // the same identity as an earlier line of the file
  uint64_t already_stored = 0;  // the rest: on the server before this import
};

// Reads the file once more (`reader` stands at its start) and looks for rows that share their
// identity: camera, source_id and time; without source_id camera, plate and time. `ranges` in file
// order; `rejected` holds the lines that were refused: they are no row's twin. Gives each note to
// `note`, in file order within a range. Memory: about 60 bytes a row.
Result<DuplicateSummary> ExplainDuplicates(BatchReader& reader,
                                           const std::vector<SentRange>& ranges,
                                           const std::set<uint64_t>& rejected,
                                           const std::function<void(const DuplicateNote&)>& note);

}  // namespace sightline::client
