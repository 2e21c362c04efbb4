#include "simulation/options.h"

#include <fmt/format.h>

namespace sightline::simulation {
namespace {

constexpr int64_t kMaxDays = 3'650;

template <typename T>
Status InRange(const char* name, T value, T low, T high) {
  if (value >= low && value <= high) return Ok();
  return InvalidArgument(
      fmt::format("{} is {}; it must lie between {} and {}", name, value, low, high), name);
}

}  // namespace

Status Validate(const SimulationOptions& options) {
  SIGHTLINE_RETURN_IF_ERROR(
      InRange("vehicles", options.vehicles, uint64_t{1}, uint64_t{20'000'000}));
  SIGHTLINE_RETURN_IF_ERROR(InRange("cameras", options.cameras, 1, 20'000));
  SIGHTLINE_RETURN_IF_ERROR(InRange("days", int64_t{options.days}, int64_t{1}, kMaxDays));
  if (!(options.activity > 0 && options.activity <= 1)) {
    return InvalidArgument(
        fmt::format("activity is {}; it must be above 0 and at most 1", options.activity),
        "activity");
  }
  const struct {
    const char* name;
    double value;
  } shares[] = {
      {"misread", options.misread},
      {"unread", options.unread},
      {"missed", options.missed},
      {"wrong-clock", options.wrong_clock},
      {"wrong-position", options.wrong_position},
      {"mobile", options.mobile},
      {"clones", options.clones},
      {"clones-same-model", options.clones_same_model},
      {"clones-from-start", options.clones_from_start},
      {"clones-without-sticker", options.clones_without_sticker},
      {"convoy-vehicles", options.convoy_vehicles},
  };
  for (const auto& [name, value] : shares) {
    SIGHTLINE_RETURN_IF_ERROR(InRange(name, value, 0.0, 1.0));
  }
  if (options.misread + options.unread > 1) {
    return InvalidArgument("misread and unread together are more than 1", "misread");
  }
  if (options.start < kMinTimestamp ||
      options.start.value > kMaxTimestamp.value - (options.days + 2) * kMillisecondsPerDay) {
    return InvalidArgument("the days must lie between 1970 and 2149", "start");
  }
  return Ok();
}

}  // namespace sightline::simulation
