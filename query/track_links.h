// How likely one corrected reading is followed by another of the same vehicle.
#pragma once

#include "query/track_continuity.h"
#include "query/track_reading.h"

namespace sightline::query {

// Immutable; thread-safe.
class TrackLinks {
 public:
  // Both outlive the object. `window_s`: over which readings of strangers are spread.
  TrackLinks(const ReadingJudge& judge, const TrackContinuity& continuity, double window_s)
      : judge_(judge), continuity_(continuity), window_s_(window_s) {}

  // ln of the ratio to a stranger's reading, whether or not one vehicle can have made both. Both
  // have a place, a is not after b.
  double Ratio(const TrackReading& a, const TrackReading& b) const;

  // The same; -infinity where no vehicle can have made both, and little where it is a camera at
  // fault that says so.
  double Link(const TrackReading& a, const TrackReading& b) const;

  // Whether the vehicle stopped between the two.
  bool IsStop(const TrackReading& a, const TrackReading& b) const;

 private:
  const ReadingJudge& judge_;
  const TrackContinuity& continuity_;
  double window_s_;
};

}  // namespace sightline::query
