// How one segment is searched: all rows that pass compared, or its graph walked.
#pragma once

#include <cstddef>
#include <cstdint>

#include "index/segment_question.h"

namespace sightline::index {

struct SegmentPlan {
  bool walks = false;  // else it is scanned
  size_t ef = 0;       // see WalkOptions
  double pass_share = 1;
  size_t max_visited = 0;
};

// The cheaper way to `k` rows a query. How many rows pass is estimated by counts of codes, and where
// these leave it open by asking a sample of rows: conditions on one row seldom come independently.
// Where rows that pass are rare among all, they may still be many near the query (its own model, its
// own hour): the walk is tried, and gives up once what it has met says that it would cost more than
// the scan.
SegmentPlan PlanSegment(const SegmentQuestion& question, size_t k);

}  // namespace sightline::index
