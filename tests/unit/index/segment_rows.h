// A segment as rows again.
#pragma once

#include <vector>

#include "index/feed.h"
#include "index/segment.h"

namespace sightline::index {

// All rows, in the segment's order.
std::vector<IndexRow> RowsOf(const Segment& segment);

// The same rows in the order of a segment.
std::vector<IndexRow> InSegmentOrder(std::vector<IndexRow> rows);

// Fails the test where they differ.
void ExpectSameRows(const std::vector<IndexRow>& actual, const std::vector<IndexRow>& expected);

}  // namespace sightline::index
