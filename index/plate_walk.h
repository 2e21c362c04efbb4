// The readings of a day's plates: of one plate after the other, and of one alone.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "index/day_readings.h"
#include "index/feed.h"
#include "index/graph_file.h"

namespace sightline::index {

// As DayColumns::WalkPlates. Holds the feed and the segments.
std::unique_ptr<PlateWalk> MakePlateWalk(std::shared_ptr<const DayFeed> feed,
                                         std::span<const GraphedSegment> segments,
                                         const ReadingWindow& window);

// As DayColumns::ReadingsOf.
Result<std::vector<ColumnReading>> ReadingsOfPlate(const DayFeed& feed,
                                                   std::span<const GraphedSegment> segments,
                                                   std::string_view plate,
                                                   const ReadingWindow& window);

}  // namespace sightline::index
