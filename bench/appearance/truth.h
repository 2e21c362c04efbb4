// The exact answers that everybody's are held against.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bench/appearance/data_set.h"
#include "core/error.h"
#include "index/distance_kernels.h"
#include "index/neighbour_graph.h"

namespace sightline::bench {

// Scans with our own kernels. Thread-safe.
class ExactScan {
 public:
  // `data` outlives the object.
  explicit ExactScan(const DataSet& data)
      : data_(data), kernels_(index::DistanceKernels::Of(data.space())) {}

  // Of each question its nearest rows, ascending by (key, row); at most k.
  std::vector<std::vector<index::NearNode>> Nearest(std::span<const uint32_t> queries,
                                                    size_t k) const;
  // The nearest among `rows`.
  std::vector<index::NearNode> NearestAmong(uint32_t query, std::span<const uint32_t> rows,
                                            size_t k) const;
  // The keys of `rows` in that order.
  std::vector<index::DistanceKey> Keys(uint32_t query, std::span<const uint32_t> rows) const;

 private:
  const DataSet& data_;
  const index::DistanceKernels& kernels_;
};

// Writes the data set's truth; the distances of a sample are first computed by definition too.
// Errors: kInternal where the two do not agree.
Status WriteTruth(const DataSet& data, int threads);

}  // namespace sightline::bench
