// The sections of a graph's file; docs/segment-format.md is their page.
#pragma once

#include <cstdint>

namespace sightline::index {

// Of Column::kGraph, Part::kValues. Beside it lie
// - kLinks: u32 x lowest_degree x nodes, the neighbours of each node on the lowest level;
// - kRows: u32, the nodes that are on upper levels too, by levels descending, then ascending. The
//   place of a node among them is its rank;
// - kCounts: u32 for each upper level from 1 on: how many nodes are on it, which are the first ones
//   of kRows;
// - kUpperLinks: for each upper level from 1 on, u32 x upper_degree for each rank on it: the ranks
//   of its neighbours there;
// - kOriginals, kStarts, kPostings: u32, the nodes whose vector others bear too, ascending; where the
//   copies of each begin, one more than there are originals; the copies, ascending within each. A
//   copy has no links and none leads to it: it would fill the lists of all its equals.
// Places that are not used are kNoNode and lie behind the used ones.
struct GraphInfo {
  uint32_t nodes = 0;
  uint32_t lowest_degree = 0;
  uint32_t upper_degree = 0;
  uint32_t entry = 0;  // a node: rank 0 where there are ranks
};
static_assert(sizeof(GraphInfo) == 16);

}  // namespace sightline::index
