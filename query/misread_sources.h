// Which other plate an odd reading may be a misread of.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/sighting.h"
#include "query/plate_reading_model.h"
#include "query/sources.h"
#include "query/track_continuity.h"
#include "query/track_reading.h"

namespace sightline::query {

// An odd reading as the plate is written there.
struct OddReading {
  TrackReading reading;
  const Sighting* record = nullptr;  // null: gone
};

struct OddPlate {
  std::string_view text;
  std::span<const TrackReading> track;  // its readings in the window
  double window_s = 0;  // above 0
};

// The likeliest plate that it was misread from.
struct MisreadSource {
  std::string plate;   // empty: none is near, or none was about
  // The expected number of readings like this one, at this camera and instant, that are misreads of
  // any of the plates near, against readings spread evenly over the window: what SplitQuestion calls
  // `foreign`, without its logarithm.
  double expected = 0;
  bool on_track = false;  // the plate's own readings before and after lead past the camera
};

// Operation: the plates one change away that were read on the reading's day; for each, how likely a
// camera reads it as `plate` (the learned character confusions), how well the reading fits between
// the readings of that plate before and after it, and, where that leaves it in question, how much it
// looks like them. A plate that is read as often as `plate` is misread as it is hardly one, and what of
// it fits the track of `plate` is a misread itself.
// Errors: those of reading the store.
Result<std::vector<MisreadSource>> FindMisreadSources(
    const Sources& sources, const OddPlate& plate, std::span<const OddReading> odd, Sequence as_of,
    const ReadingJudge& judge, const TrackContinuity& continuity,
    const Cancellation& cancellation);

}  // namespace sightline::query
