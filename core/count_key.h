// What counts are grouped by.
#pragma once

#include <cstdint>
#include <string>

namespace sightline {

// A property of the wall clock of a time zone. The first four are intervals and stand for their
// starts; the next two are numbers, the last is a name.
enum class TimeUnit : uint8_t {
  kMinute,
  kHour,
  kDay,
  kWeek,       // from Monday (ISO 8601)
  kHourOfDay,  // 0 to 23
  kWeekday,    // 1 (Monday) to 7
  kHourClass,  // hours of like traffic: night, day, rush, weekend
};

constexpr bool IsInterval(TimeUnit unit) { return unit <= TimeUnit::kWeek; }

// One member of a group's key.
struct CountKey {
  enum class Kind : uint8_t { kCamera, kPlate, kPlateColor, kAttribute, kTime };
  Kind kind = Kind::kCamera;
  std::string attribute;              // of kAttribute: its name
  TimeUnit unit = TimeUnit::kMinute;  // of kTime

  bool operator==(const CountKey&) const = default;
};

}  // namespace sightline
