// Which segments become one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sightline::index {

enum class MergeEagerness {
  kLazy,  // four or more of about one size, so that a row is rewritten log2(rows) times at most
  kIdle,  // two of about one size
  kFull,  // whatever fits into one
};

// The indices of the segments to merge, smallest first; none: fewer than two. The result holds
// `max_rows` at most. `rows`: of each segment.
std::vector<size_t> PickMerge(std::span<const uint64_t> rows, uint64_t max_rows,
                              MergeEagerness eagerness);

}  // namespace sightline::index
