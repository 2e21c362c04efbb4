// The columns of a day as a set of segments, and scans over all of them.
#pragma once

#include <memory>
#include <vector>

#include "index/column_index.h"
#include "index/feed.h"
#include "index/graph_file.h"
#include "index/search_threads.h"

namespace sightline::index {

// `segments` hold every version of the day once, in any order.
std::shared_ptr<const DayColumns> MakeDayColumns(
    std::shared_ptr<const DayFeed> feed, std::vector<GraphedSegment> segments,
    std::shared_ptr<SearchThreads> threads);

}  // namespace sightline::index
