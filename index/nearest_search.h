// The nearest rows of a day, from all of its segments.
#pragma once

#include <span>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "index/column_index.h"
#include "index/feed.h"
#include "index/graph_file.h"
#include "index/nearest.h"
#include "index/search_threads.h"

namespace sightline::index {

// As DayColumns::Nearest. `segments` hold every version of the day once.
Result<std::vector<std::vector<NearRow>>> FindNearest(
    const DayFeed& feed, std::span<const GraphedSegment> segments, SearchThreads& threads,
    const NearestQuery& nearest, const ColumnQuery& rows, NearestCost& cost,
    const Cancellation& cancellation);

}  // namespace sightline::index
