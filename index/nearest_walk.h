// Finding the nearest rows of a segment by its graph.
#pragma once

#include "core/cancellation.h"
#include "core/error.h"
#include "core/vector_space.h"
#include "index/nearest.h"
#include "index/neighbour_graph.h"
#include "index/segment_plan.h"
#include "index/segment_question.h"

namespace sightline::index {

// One walk a query, which take what they find. False: a walk gave up, or found fewer rows than there
// may be; then ScanNearest must follow. Errors: kCancelled, kUnavailable.
Result<bool> WalkNearest(const SegmentQuestion& question, const VectorSpace& space,
                         const NeighbourGraph& graph, size_t k, const SegmentPlan& plan,
                         NearestCost& cost, const Cancellation& cancellation);

}  // namespace sightline::index
