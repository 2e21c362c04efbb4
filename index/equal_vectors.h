// Rows that bear the same vector.
#pragma once

#include <cstdint>
#include <vector>

#include "index/neighbour_graph.h"

namespace sightline::index {

// Nodes with equal bytes: the least of them is the original of the others. The copies of
// originals[i] are copies[starts[i]] to copies[starts[i + 1]], ascending, as the originals are.
struct EqualVectors {
  std::vector<uint32_t> originals;
  std::vector<uint32_t> starts{0};
  std::vector<uint32_t> copies;
};

EqualVectors FindEqualVectors(const VectorArray& vectors);

}  // namespace sightline::index
