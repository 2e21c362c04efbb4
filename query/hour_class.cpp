#include "query/hour_class.h"

namespace sightline::query {
namespace {

constexpr int64_t kQuarterMs = 900'000;
constexpr int64_t kQuartersPerHour = 4;
constexpr int kSaturday = 6;

HourClass ClassOf(const LocalMoment& moment) {
  const int64_t quarter = moment.ms_of_day / kQuarterMs;
  const auto between = [&](int64_t from, int64_t to) { return quarter >= from && quarter < to; };
  if (!between(6 * kQuartersPerHour, 22 * kQuartersPerHour)) return HourClass::kNight;
  if (moment.weekday >= kSaturday) return HourClass::kWeekend;
  const bool rush = between(7 * kQuartersPerHour, 9 * kQuartersPerHour + 2) ||
                    between(16 * kQuartersPerHour + 2, 19 * kQuartersPerHour + 2);
  return rush ? HourClass::kRush : HourClass::kDay;
}

}  // namespace

std::string_view HourClassName(HourClass hour) {
  switch (hour) {
    case HourClass::kNight: return "night";
    case HourClass::kDay: return "day";
    case HourClass::kRush: return "rush";
    case HourClass::kWeekend: return "weekend";
  }
  return {};
}

HourClass HourClassAt(const TimeZone& zone, TimestampMs time) {
  return ClassOf(zone.LocalMomentOf(time));
}

HourClassesOfDay::HourClassesOfDay(const TimeZone& zone, Day day) {
  for (size_t i = 0; i < classes_.size(); ++i) {
    classes_[i] = HourClassAt(zone, day.start() + static_cast<int64_t>(i) * kQuarterMs);
  }
}

}  // namespace sightline::query
