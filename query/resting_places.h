// Resting places (落脚点): where a vehicle stands between its trips, for how long and when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/geo.h"
#include "core/time.h"
#include "core/time_zone.h"
#include "query/camera_map.h"
#include "query/plate_readings.h"
#include "query/trips.h"

namespace sightline::query {

// Between two trips: behind the last reading of the one and before the first of the next. At the
// ends of what is known one of them is missing, and nothing is said of how long it stood there.
struct Stay {
  std::optional<size_t> last;   // index of the last reading before it
  std::optional<size_t> first;  // index of the first reading after it
  std::optional<uint32_t> place;  // index of its resting place; none: the two ends do not fit
};

enum class PlaceKind : uint8_t {
  kHome,   // where it rests most: see below
  kDay,    // where it stands longest apart from home
  kOther,
};

struct RestingPlace {
  Position location;
  Meters radius;  // within which it lies with 90 % (place_estimate.h)
  PlaceKind kind = PlaceKind::kOther;
  uint32_t stays = 0;
  uint32_t days = 0;    // local days on which it stood there
  uint32_t nights = 0;  // of the vehicle's long rests, those here
  double hours = 0;     // in all, stays over a day counted as a day
  double confidence = 0;  // [0, 1], see below
  // Usual local time of arrival and leave of stays of kLongRestHours and more (any, where there are
  // none), milliseconds of day: circular medians.
  std::optional<int64_t> arrives_ms;
  std::optional<int64_t> leaves_ms;
  std::vector<uint32_t> cameras;  // numbers of the cameras at its stays' ends, ascending
  std::optional<TimestampMs> first_stay;  // when the first stay known to the hour began
  std::optional<TimestampMs> last_stay;   // when the last one ended
  // Of its evidence: a few readings at the ends of its stays, by index.
  std::vector<size_t> evidence;
};

// The longest rest that began on a local day, of those of kLongRestHours and more.
struct LongRest {
  int64_t day = 0;  // since 1970-01-01
  uint32_t place = 0;
};

struct RestingPlaces {
  std::vector<RestingPlace> places;  // home, day, then by falling hours
  std::vector<Stay> stays;           // in order of time; one more than trips
  std::vector<LongRest> rests;       // by day
};

// A rest as long as a night's.
inline constexpr double kLongRestHours = 4;
// Local hours that count twice towards home.
inline constexpr int kNightFromHour = 22;
inline constexpr int kNightToHour = 6;

// The places where trips end and begin.
//
// Method: a stay whose two ends are at most kLinkSpacings spacings of cameras apart is one witness of
// a place, ends farther apart are two of half the weight. Witnesses are grouped around the densest
// spot, then around the densest of what is left, and so on; each group's place is estimated from all
// its ends (place_estimate.h). Stays count by their hours, one of more than a day as a day.
//
// Home is the place with the most hours of long rests, the hours of the night counted twice: for most
// people where nights are spent, for those who work at night (taxis, guards) where they rest by day,
// since a shift is shorter than the rest of the day. A vehicle without a long rest has no home. Its
// confidence is (k + 1/2) / (n + 3/2), with k of the n days that have a long rest having their
// longest one there: 1 of 1 is 0.6, 5 of 5 is 0.85. Of other places n counts the stays, and k those
// of them whose two ends fit together.
RestingPlaces FindRestingPlaces(std::span<const PlateReading> readings,
                                std::span<const TripRange> trips, const CameraMap& cameras,
                                const TimeZone& zone);

}  // namespace sightline::query
