// Which of the vehicles that bear a plate was there before.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/sighting.h"
#include "query/sources.h"
#include "query/track_links.h"
#include "query/track_reading.h"

namespace sightline::query {

struct EarlierVehicle {
  int vehicle = 0;
  TimestampMs since;  // the first of the readings from before
};

// What is known of the vehicles that bear a plate, by their readings.
struct KnownBearers {
  std::span<const TrackReading> track;          // not empty
  std::span<const Sighting* const> sightings;   // by reading; null: gone
  std::span<const int> vehicles;                // by reading; negative: of none
};

// Operation: reads the 30 days before the first reading of the track. If nothing there excludes
// anything they are of one vehicle: the one whose roads, places and hours (query/plate_traits.h) and
// looks (query/vehicle_looks.h) they go with. None: nothing is known from before, it was of several
// vehicles then too, or it goes with several of them as well.
Result<std::optional<EarlierVehicle>> FindEarlierVehicle(
    const Sources& sources, std::string_view plate, const KnownBearers& bearers,
    const ReadingJudge& judge, const TrackLinks& links, Sequence as_of,
    const Cancellation& cancellation);

}  // namespace sightline::query
