// A day's rows by group, over all of its segments.
#pragma once

#include <memory>
#include <span>

#include "core/cancellation.h"
#include "core/error.h"
#include "index/feed.h"
#include "index/graph_file.h"
#include "index/group_counts.h"
#include "index/search_threads.h"
#include "index/segment_groups.h"

namespace sightline::index {

// As DayColumns::GroupRows. Holds the feed, the segments and the threads.
Result<std::unique_ptr<DayGroups>> GroupDayRows(std::shared_ptr<const DayFeed> feed,
                                                std::span<const GraphedSegment> segments,
                                                std::shared_ptr<SearchThreads> threads,
                                                const GroupQuestion& question,
                                                const Cancellation& cancellation);

}  // namespace sightline::index
