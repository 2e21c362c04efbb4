// Asking for the rows of a day that look most like a vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/row_key.h"
#include "core/sighting.h"
#include "core/vector_space.h"

namespace sightline::index {

// The same question for one vector or several. The rows that may be in the answer are those that
// pass the ColumnQuery beside it.
struct NearestQuery {
  VectorSpace space;
  std::vector<std::string> vectors;  // of the space
  size_t k = 20;                     // rows for each, at least 1
  // The metric's own distance; rows farther away are none of the answer.
  double max_distance = std::numeric_limits<double>::infinity();
  // The true nearest rows; else each is found with a probability of 0.95 or better.
  bool exact = false;
  // Rows that bear one of these plates are none of the answer. Ascending byte order.
  std::vector<std::string> without_plates;
};

// A row of an answer.
struct NearRow {
  RowKey key;
  Sequence version = 0;
  double distance = 0;  // the metric's own (core/vector_space.h)
  std::string plate;    // normalised; empty: unread

  bool operator==(const NearRow&) const = default;
};

// How the segments of a day were searched.
struct NearestCost {
  uint64_t segments = 0;          // looked into
  uint64_t segments_pruned = 0;   // whose time, codes or lack of vectors rule them out
  uint64_t segments_scanned = 0;  // exactly: all rows that pass were compared
  uint64_t segments_walked = 0;   // by their graph
  uint64_t segments_without_graph = 0;  // scanned since their graph is not built yet
  uint64_t rows_compared = 0;     // by scans
  uint64_t nodes_visited = 0;     // by walks
  uint64_t walks_given_up = 0;    // and scanned instead

  void Add(const NearestCost& other);
};

}  // namespace sightline::index
