#include "query/track_links.h"

#include <algorithm>
#include <limits>

namespace sightline::query {
namespace {

// Of two readings that exclude each other by what a camera at fault says.
constexpr double kDoubtfulLink = -6;

double GapSeconds(const TrackReading& a, const TrackReading& b) {
  return std::max(0.0, static_cast<double>(b.time - a.time) / 1'000);
}

}  // namespace

double TrackLinks::Ratio(const TrackReading& a, const TrackReading& b) const {
  const double gap = GapSeconds(a, b);
  const double meters = GreatCircleDistance(*a.place, *b.place).value;
  // What was counted of a camera at fault was counted by its wrong times or places.
  if (a.corrected || b.corrected) return continuity_.LogRatio(gap, meters, window_s_);
  return continuity_.LogRatio(gap, meters, a.reading.camera_number, b.reading.camera_number,
                              window_s_);
}

double TrackLinks::Link(const TrackReading& a, const TrackReading& b) const {
  if (judge_.Judge(a, b).possible) return Ratio(a, b);
  if (a.corrected || b.corrected) return kDoubtfulLink;
  return -std::numeric_limits<double>::infinity();
}

bool TrackLinks::IsStop(const TrackReading& a, const TrackReading& b) const {
  return GapSeconds(a, b) > judge_.travel_times().StopGapSeconds(a.reading, b.reading);
}

}  // namespace sightline::query
