// Which segments become one, and which get a graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sightline::index {

enum class MergeEagerness {
  kLazy,  // four or more of about one size, so that a row is rewritten log2(rows) times at most
  kIdle,  // two of about one size
  kFull,  // whatever fits into one
};

// A segment that may be merged. To merge one with a graph costs a graph over all that comes of it, a
// thousand times what the copying costs.
struct MergeCandidate {
  uint64_t rows = 0;
  bool graphed = false;
};

// The indices of the segments to merge, smallest first; none: fewer than two. The result holds
// `max_rows` at most. Segments without graphs merge among each other first; kLazy takes those with
// graphs only 16 or more at a time, or as many as nearly make max_rows.
std::vector<size_t> PickMerge(std::span<const MergeCandidate> segments, uint64_t max_rows,
                              MergeEagerness eagerness);

// Vectors of a sealed segment in no graph.
struct GraphCandidate {
  uint64_t vectors = 0;
  uint64_t rows = 0;   // of the segment
  int64_t age_ms = 0;  // since the segment is there
};

struct GraphPolicy {
  uint64_t graph_vectors = 0;  // fewer are not worth one
  uint64_t max_segment_rows = 0;
  size_t seal_rows = 0;
  int64_t seal_idle_ms = 0;
  bool idle = false;   // no rows arrive, and nothing is to be merged
  bool force = false;  // whatever is worth a graph
};

// The index of the vectors that a graph is due over, the most first; nullopt: none. Segments that
// will not be merged any more are due at once, smaller ones once they are so old that a bulk load
// would have merged them.
std::optional<size_t> PickGraph(std::span<const GraphCandidate> candidates,
                                const GraphPolicy& policy);

}  // namespace sightline::index
