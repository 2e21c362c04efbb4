// The questions of /v1/stats/origin-destination and /v1/stats/segment-speeds.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/counts_json.h"
#include "core/count_key.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"
#include "core/time.h"

namespace sightline::api {

inline constexpr size_t kMaxFlowZones = 1'000;
inline constexpr size_t kMaxMinReadings = 100;
inline constexpr size_t kMaxMinCount = 1'000'000;

// A key of time and the member that bears it in the rows.
struct NamedTimeUnit {
  std::string name;
  TimeUnit unit = TimeUnit::kMinute;

  bool operator==(const NamedTimeUnit&) const = default;
};

struct FlowZoneBody {
  std::string name;
  std::vector<std::string> cameras;
  std::optional<Area> area;
};

// What the two have in common.
struct TrafficBody {
  Interval time;
  std::vector<NamedTimeUnit> group_by;
  std::string time_zone;  // as of CountsBody
  size_t max_rows = kDefaultCountRows;
  std::optional<Sequence> as_of;
};

struct FlowsBody : TrafficBody {
  std::vector<FlowZoneBody> zones;
  size_t min_readings = 2;
};

struct SpeedsBody : TrafficBody {
  std::optional<std::string> from_camera;
  std::optional<std::string> to_camera;
  size_t min_count = 5;
};

// Strict, as ParseSearchSightings.
Result<FlowsBody> ParseFlows(std::string_view json);
Result<SpeedsBody> ParseSpeeds(std::string_view json);

// The same from query parameters; group_by as of ParseCountParameters.
Result<SpeedsBody> ParseSpeedParameters(
    std::span<const std::pair<std::string, std::string>> parameters);

}  // namespace sightline::api
