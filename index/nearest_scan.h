// Finding the nearest rows of a segment by comparing every one that passes.
#pragma once

#include "core/cancellation.h"
#include "core/error.h"
#include "index/nearest.h"
#include "index/segment_question.h"

namespace sightline::index {

// Exact. Rows that lie together are compared as they lie, scattered ones gathered; several queries
// share what is read. Errors: kCancelled, kUnavailable.
Status ScanNearest(const SegmentQuestion& question, NearestCost& cost,
                   const Cancellation& cancellation);

}  // namespace sightline::index
