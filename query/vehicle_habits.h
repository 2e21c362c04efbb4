// Vehicles by their habits in a window and an area: POST /v1/analyses/habits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting_id.h"
#include "core/time.h"
#include "core/time_zone.h"
#include "query/sources.h"

namespace sightline::query {

// 昼伏夜出: out at night alone.
struct NightOnlyTrait {
  double min_share = 0.8;  // of its readings, at night
  uint32_t min_nights = 2;  // local days on which it was read at night
};

// 频繁过车: passes often. Readings less than kPassGapMs apart are one pass.
struct FrequentTrait {
  uint32_t min_passes = 10;  // on a local day
  uint32_t min_days = 1;     // days with as many
};

struct HabitsRequest {
  Filter filter;  // whose readings count; its time is the window
  // All of those that are asked for must hold.
  std::optional<NightOnlyTrait> night_only;
  std::optional<FrequentTrait> frequent;
  bool first_seen = false;  // 初次入城: never read before the window, over everything stored
  // Fewer readings, or at fewer cameras, are not enough to speak of a habit, and are mostly misreads.
  uint32_t min_readings = 3;
  uint32_t min_cameras = 2;
  int night_from_hour = 22;  // local; the night may lie over midnight
  int night_to_hour = 6;
  TimeZone zone;
  size_t most = 10'000;  // vehicles that are kept, the first in the answer's order
  std::optional<Sequence> as_of;
};

struct HabitEvidence {
  SightingId id;
  std::string camera_id;
};

struct HabitualVehicle {
  std::string plate;
  uint64_t readings = 0;
  uint32_t cameras = 0;
  uint32_t days = 0;    // local
  uint32_t nights = 0;  // local days on which it was read at night
  double night_share = 0;
  double night_share_low = 0;  // the lower end of Wilson's 95 % interval
  uint64_t passes = 0;
  uint32_t busiest_passes = 0;  // on its busiest day
  int64_t busiest_day = 0;      // local, since 1970-01-01
  uint32_t frequent_days = 0;   // with FrequentTrait::min_passes and more
  std::optional<TimestampMs> first_seen;  // over everything stored; only where asked for
  std::vector<HabitEvidence> evidence;    // the first, the last, and some between: six at most
};

struct HabitsAnswer {
  // By frequent_days and busiest_passes where frequent passing is asked for, else by
  // night_share_low where the night is, else by readings; falling; then in byte order.
  std::vector<HabitualVehicle> vehicles;
  uint64_t found = 0;   // with those that are not kept
  uint64_t plates = 0;  // looked at
  Sequence as_of = 0;
};

inline constexpr int64_t kPassGapMs = 10 * kMillisecondsPerMinute;

// Operation: with columns, and a filter that asks of no attributes, one pass over the columns plate by
// plate, in memory for one plate; else over the records that pass the filter, in memory for their
// readings. `report` is told the share that is done, a few times a second at most.
// Errors: kTooLarge where more than 50 million records would have to be held.
Result<HabitsAnswer> FindHabits(const Sources& sources, const HabitsRequest& request,
                                const std::function<void(double)>& report,
                                const Cancellation& cancellation);

}  // namespace sightline::query
