// The nearest rows of a day, from all of its segments.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "index/column_index.h"
#include "index/feed.h"
#include "index/nearest.h"
#include "index/segment.h"

namespace sightline::index {

// As DayColumns::Nearest. `segments` hold every version of the day once.
Result<std::vector<std::vector<NearRow>>> FindNearest(
    const DayFeed& feed, std::span<const std::shared_ptr<const Segment>> segments,
    const NearestQuery& nearest, const ColumnQuery& rows, NearestCost& cost,
    const Cancellation& cancellation);

}  // namespace sightline::index
