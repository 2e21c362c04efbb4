// Readings by some cameras around some moments.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "index/day_readings.h"
#include "index/feed.h"
#include "index/graph_file.h"
#include "index/search_threads.h"

namespace sightline::index {

// As DayColumns::ReadingsNear. Operation: rows are in order of time, so each moment is a range of
// rows, whose camera codes are compared many at once; moments side by side where threads are idle.
Result<std::vector<NearbyReading>> FindReadingsNear(const DayFeed& feed,
                                                    std::span<const GraphedSegment> segments,
                                                    SearchThreads& threads,
                                                    std::span<const CameraMoment> moments,
                                                    uint32_t within_ms, Sequence as_of,
                                                    const Cancellation& cancellation);

}  // namespace sightline::index
