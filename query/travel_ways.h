// Shortest ways through the neighbour graph.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/mutex.h"
#include "query/travel_links.h"

namespace sightline::query {

// The fastest credible times from each node to all others, a row at a time when it is first asked
// for (Dijkstra 1959; some milliseconds in a city of thousands of cameras), then kept. Thread-safe.
class FastestWays {
 public:
  // `graph` outlives the object.
  explicit FastestWays(const TravelGraph& graph);

  // By node: seconds; negative (and never -0) where a link that was seen amply is the fastest way,
  // infinity where there is none. Null: there are so many nodes that no more rows are kept.
  const float* RowOf(uint32_t from) const;

 private:
  const TravelGraph& graph_;
  const size_t max_rows_;
  mutable std::unique_ptr<std::atomic<const float*>[]> rows_;  // by node
  mutable Mutex mutex_;
  mutable std::deque<std::vector<float>> kept_ SIGHTLINE_GUARDED_BY(mutex_);
};

// A way and what it costs.
struct Way {
  double seconds = 0;
  std::vector<uint32_t> nodes;  // from the first to the last
};

// The shortest way by what `seconds` says of a link; infinity: the link is not to be used. None:
// there is no way.
std::optional<Way> ShortestWay(const TravelGraph& graph, uint32_t from, uint32_t to,
                               const std::function<double(const LearnedLink&)>& seconds);

}  // namespace sightline::query
