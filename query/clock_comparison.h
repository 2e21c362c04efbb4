// How far one camera's clock is ahead of its neighbours', from the drives between them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "query/camera_witnesses.h"

namespace sightline::query {

struct ClockComparison {
  double ahead_s = 0;
  double error_s = 0;    // one sigma
  size_t both_ways = 0;  // neighbours and ways that were driven there and back, some times each
};

// With as many there and back, what the roads are like is averaged out.
inline constexpr size_t kLeastBothWays = 2;

// Each neighbour says for itself, and what they say is averaged, robustly and by how sure each is:
//   - A neighbour that vehicles come from and go to: a clock that is o ahead makes the drives
//     towards it o longer and those away from it o shorter, so that half of the difference is o. So
//     two clocks are compared over a network whose delays are not known (Mills, Internet time
//     synchronization: the Network Time Protocol, IEEE Transactions on Communications 39, 1991),
//     where the quickest exchanges alone count: so do the quickest drives here, which met no red
//     light and no jam.
//   - Two neighbours between which it lies: against an even drive from the one to the other,
//     averaged with the way back. Where nobody drives back, how the road divides is known by
//     distance, and the longer the drive the less that is worth, and by the slower drives, unless
//     most of them stop.
// None: nobody passed.
std::optional<ClockComparison> CompareClocks(std::span<const Leg> legs,
                                             std::span<const Witness> witnesses);

}  // namespace sightline::query
