// Making segments: from rows, and from segments.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/time.h"
#include "index/feed.h"
#include "index/segment.h"
#include "index/segment_writer.h"

namespace sightline::index {

// Writes a segment of the rows, in any order, at least one. Takes about a microsecond a row.
Status WriteSegment(Day day, std::span<const IndexRow> rows, SegmentOutput& output);

// Writes a segment of all rows of `sources`, at least one of them, of one day. Works column by
// column: holds 4 bytes a row throughout, and at most about 40 bytes a row (the distinct plates as
// texts) at a time; vectors go from pages to the output.
// Errors: kCancelled, kUnavailable; those of the output.
Status WriteMerged(std::span<const std::shared_ptr<const Segment>> sources, SegmentOutput& output,
                   const Cancellation& cancellation);

// The same in memory.
Result<std::shared_ptr<const Segment>> BuildInMemory(Day day, std::span<const IndexRow> rows);
Result<std::shared_ptr<const Segment>> MergeInMemory(
    std::span<const std::shared_ptr<const Segment>> sources, const Cancellation& cancellation);

}  // namespace sightline::index
