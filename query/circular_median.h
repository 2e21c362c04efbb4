// The middle of times of day.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace sightline::query {

// The one of `times` (milliseconds of a day) with the least sum of distances to the others along the
// clock, the earliest of several; none where there are none. O(n^2), over kMost of them evenly drawn.
std::optional<int64_t> CircularMedian(std::span<const int64_t> times);

}  // namespace sightline::query
