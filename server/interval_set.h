// Sets of instants as disjoint intervals.
#pragma once

#include <span>
#include <vector>

#include "core/time.h"

namespace sightline::server {

// The instants of all of `intervals`, as disjoint intervals that do not touch, ascending.
std::vector<Interval> UnionOf(std::vector<Interval> intervals);

// The piece of `intervals` (as UnionOf makes them) that holds all of `part`; `part` itself where
// there is none.
Interval PieceAround(std::span<const Interval> intervals, const Interval& part);

// Whether `part` lies within one piece of `intervals`.
bool Holds(std::span<const Interval> intervals, const Interval& part);

// The part of `intervals` inside `bounds`.
std::vector<Interval> Within(std::span<const Interval> intervals, const Interval& bounds);

}  // namespace sightline::server
