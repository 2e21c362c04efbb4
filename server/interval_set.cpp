#include "server/interval_set.h"

#include <algorithm>

namespace sightline::server {

std::vector<Interval> UnionOf(std::vector<Interval> intervals) {
  std::erase_if(intervals, [](const Interval& each) { return each.empty(); });
  std::ranges::sort(intervals);
  std::vector<Interval> pieces;
  for (const Interval& each : intervals) {
    if (!pieces.empty() && each.from <= pieces.back().to) {
      pieces.back().to = std::max(pieces.back().to, each.to);
    } else {
      pieces.push_back(each);
    }
  }
  return pieces;
}

Interval PieceAround(std::span<const Interval> intervals, const Interval& part) {
  for (const Interval& piece : intervals) {
    if (piece.from <= part.from && part.to <= piece.to) return piece;
  }
  return part;
}

bool Holds(std::span<const Interval> intervals, const Interval& part) {
  return std::ranges::any_of(intervals, [&](const Interval& piece) {
    return piece.from <= part.from && part.to <= piece.to;
  });
}

std::vector<Interval> Within(std::span<const Interval> intervals, const Interval& bounds) {
  std::vector<Interval> parts;
  for (const Interval& each : intervals) {
    const Interval part{std::max(each.from, bounds.from), std::min(each.to, bounds.to)};
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

}  // namespace sightline::server
