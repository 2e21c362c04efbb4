// Questions about habits and common plates on the wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"

namespace sightline::api {

inline constexpr size_t kMaxVisits = 100;
inline constexpr uint32_t kMaxHabitCount = 1'000'000;

// The body of POST /v1/analyses/habits. At least one of night_only, frequent and first_seen.
struct HabitsBody {
  struct NightOnly {
    double min_share = 0.8;   // [0, 1]
    uint32_t min_nights = 2;
  };
  struct Frequent {
    uint32_t min_passes = 10;  // a day
    uint32_t min_days = 1;
  };
  Filter filter;
  std::optional<NightOnly> night_only;  // "night_only": true, or an object
  std::optional<Frequent> frequent;     // likewise
  bool first_seen = false;
  uint32_t min_readings = 3;
  uint32_t min_cameras = 2;
  int night_from_hour = 22;  // [0, 24)
  int night_to_hour = 6;
  std::string time_zone;     // "tz": empty: the deployment's
  bool as_job = false;       // "job"
  std::optional<size_t> limit;
  std::string page_token;
  std::optional<Sequence> as_of;
};

// Strict: kInvalidArgument with `field` for unknown members and values out of range, a question
// without a trait, and one for a job with a page token.
Result<HabitsBody> ParseHabits(std::string_view json);

// The body again, but for "job" and the page: what a job keeps of it, and page tokens are bound to.
std::string WriteHabits(const HabitsBody& body);

// The body of POST /v1/analyses/common-plates.
struct CommonPlatesBody {
  std::vector<Filter> visits;  // [2, kMaxVisits]
  uint32_t min_visits = 2;     // [2, visits]
  bool merge_misreads = true;
  std::string time_zone;       // "tz": empty: the deployment's
  std::optional<size_t> limit;
  std::string page_token;
  std::optional<Sequence> as_of;
};

// Strict, as ParseHabits.
Result<CommonPlatesBody> ParseCommonPlates(std::string_view json);

// The body again, but for the page.
std::string WriteCommonPlates(const CommonPlatesBody& body);

}  // namespace sightline::api
