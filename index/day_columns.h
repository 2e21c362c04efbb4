// The columns of a day as a set of segments, and scans over all of them.
#pragma once

#include <memory>
#include <vector>

#include "index/column_index.h"
#include "index/feed.h"
#include "index/segment.h"

namespace sightline::index {

// `segments` hold every version of the day once, in any order.
std::shared_ptr<const DayColumns> MakeDayColumns(
    std::shared_ptr<const DayFeed> feed, std::vector<std::shared_ptr<const Segment>> segments);

}  // namespace sightline::index
