// Questions about companions on the wire.
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
#include "core/time.h"

namespace sightline::api {

inline constexpr uint32_t kDefaultWithinSeconds = 10;
inline constexpr uint32_t kMaxWithinSeconds = 300;
inline constexpr uint32_t kDefaultMinCameras = 2;
inline constexpr uint32_t kMaxMinCameras = 1'000;
inline constexpr size_t kMaxTargetSightings = 10'000;

// {"plate"}, {"filter"} or {"sighting_ids"}: just one is there.
struct CompanionTargetBody {
  std::string plate;  // normalised
  std::optional<Filter> filter;
  std::vector<SightingId> sightings;
};

// The body of POST /v1/analyses/companions.
struct CompanionsBody {
  std::optional<CompanionTargetBody> target;  // none: every group of the window, by a job
  Interval time;
  uint32_t within_s = kDefaultWithinSeconds;    // [1, kMaxWithinSeconds]
  uint32_t min_cameras = kDefaultMinCameras;    // [1, kMaxMinCameras]
  std::optional<size_t> limit;                  // [1, kMaxLimit]; of companions, or of groups
  std::optional<Sequence> as_of;
};

// Strict: kInvalidArgument with `field` for unknown members, values out of range, a window that
// ends before it begins, and a question for all groups without both ends of the window.
Result<CompanionsBody> ParseCompanions(std::string_view json);

// The body again, members at their default left out: what a job keeps of it.
std::string WriteCompanions(const CompanionsBody& body);

}  // namespace sightline::api
