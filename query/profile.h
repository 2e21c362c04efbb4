// A vehicle's habits: GET /v1/plates/{plate}/profile.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/time.h"
#include "core/time_zone.h"
#include "query/change_points.h"
#include "query/cloned_plates.h"
#include "query/credible_readings.h"
#include "query/resting_places.h"
#include "query/sources.h"
#include "query/travel_times.h"
#include "query/usual_routes.h"

namespace sightline::query {

struct ProfileRequest {
  std::string plate;  // normalised
  Interval time;
  TimeZone zone;  // of hours and days
  std::optional<Sequence> as_of;
};

// What a profile's judgement rests on, besides the readings.
struct ProfileModels {
  std::shared_ptr<const TravelTimes> travel_times;
  CameraFaults faults;  // known: clocks are put right, places that are wrong are not used
};

struct ProfileTrip {
  TimestampMs from;
  TimestampMs to;
  uint32_t readings = 0;
  TripEnds places;  // the resting places it joins
  std::optional<size_t> route;
};

// A change of habits between two days.
struct HabitChange {
  enum class Kind : uint8_t {
    kHome,   // where the nights are spent
    kHours,  // at which hours of working days it is seen
  };
  Kind kind = Kind::kHome;
  int64_t day = 0;  // the first local day after the change, since 1970-01-01
  double p_value = 1;
  // Of kHome: between where the nights were spent before and after.
  std::optional<Meters> distance;
};

struct Profile {
  std::string plate;
  Sequence as_of = 0;
  std::vector<PlateReading> readings;   // in order of time, times put right; all that follows
  std::vector<SightingId> ids;          // speaks of these by index; of the readings
  std::vector<std::string> camera_ids;  // likewise
  uint64_t set_aside = 0;               // readings that are not of the vehicle (credible_readings.h)
  std::vector<SightingId> set_aside_ids;  // the first kMostSetAside of them
  uint64_t clocks_put_right = 0;          // readings of cameras whose clocks are known to be wrong

  std::vector<RestingPlace> places;
  std::vector<UsualRoute> routes;
  std::vector<ProfileTrip> trips;
  // Readings by ISO weekday (0: Monday) and hour, local.
  std::array<std::array<uint32_t, 24>, 7> hours_by_weekday = {};
  uint32_t days = 0;           // local days on which it was seen
  double night_share = 0;      // of the readings, in [kNightFromHour, kNightToHour) local; 0: none
  double weekend_share = 0;    // of the readings, on Saturdays and Sundays
  std::optional<TimestampMs> first_seen;  // over everything stored up to `as_of`
  std::optional<TimestampMs> last_seen;
  uint64_t count = 0;  // readings over everything stored
  std::vector<HabitChange> changes;  // by day
};

inline constexpr size_t kMostSetAside = 20;
// Of changes of habits: see FindChangePoints.
inline constexpr ChangePointOptions kHabitChanges{
    .least_segment = 5, .significance = 0.01, .permutations = 999};

// An unknown plate has an empty profile.
Result<Profile> ProfileOf(const Sources& sources, const ProfileRequest& request,
                          const ProfileModels& models, const Cancellation& cancellation);

}  // namespace sightline::query
