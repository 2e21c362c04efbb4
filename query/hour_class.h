// Hours of like traffic.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/time.h"
#include "core/time_zone.h"

namespace sightline::query {

// By the wall clock of the deployment: night is 22:00 to 6:00 of any day; of what remains, Saturday
// and Sunday are weekend, 7:00 to 9:30 and 16:30 to 19:30 rush, and the rest day.
enum class HourClass : uint8_t { kNight, kDay, kRush, kWeekend };
inline constexpr int kHourClasses = 4;
inline constexpr std::array<HourClass, kHourClasses> kAllHourClasses = {
    HourClass::kNight, HourClass::kDay, HourClass::kRush, HourClass::kWeekend};

// "night", "day", "rush", "weekend".
std::string_view HourClassName(HourClass hour);

HourClass HourClassAt(const TimeZone& zone, TimestampMs time);

// The classes of one UTC day's instants, without a look at the zone's rules for each.
class HourClassesOfDay {
 public:
  HourClassesOfDay(const TimeZone& zone, Day day);

  HourClass At(uint32_t ms_of_day) const { return classes_[ms_of_day / kQuarterMs]; }

 private:
  // Offsets from UTC change, and are, whole quarters of an hour.
  static constexpr uint32_t kQuarterMs = 900'000;
  std::array<HourClass, kMillisecondsPerDay / kQuarterMs> classes_;
};

}  // namespace sightline::query
