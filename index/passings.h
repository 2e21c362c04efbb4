// The rows of a day that pass a query as small records in order of time.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "core/cancellation.h"
#include "core/error.h"
#include "index/column_index.h"
#include "index/day_readings.h"
#include "index/feed.h"
#include "index/graph_file.h"
#include "index/plate_numbers.h"

namespace sightline::index {

// As DayColumns::VisitPassings. `numbers` were made of these very segments.
Status VisitDayPassings(const DayFeed& feed, std::span<const GraphedSegment> segments,
                        const DayPlateNumbers& numbers, const ColumnQuery& query,
                        const std::function<bool(std::span<const Passing>)>& visit,
                        const Cancellation& cancellation);

}  // namespace sightline::index
