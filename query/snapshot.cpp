#include "query/snapshot.h"

#include <algorithm>

namespace sightline::query {

Sequence VisibleAt(const storage::Store& store, std::optional<Sequence> as_of) {
  const Sequence visible = store.VisibleSequence();
  return as_of ? std::min(*as_of, visible) : visible;
}

std::vector<Day> DaysIn(const storage::Store& store, Interval time) {
  std::vector<Day> days = store.Days();
  std::erase_if(days, [&](Day day) {
    return time.empty() || day.end() <= time.from || day.start() >= time.to;
  });
  return days;
}

DayPart PartOf(Day day, Interval time) {
  const auto clamp = [&](TimestampMs at) {
    return static_cast<uint32_t>(std::clamp<int64_t>(at - day.start(), 0, kMillisecondsPerDay));
  };
  return {clamp(time.from), clamp(time.to)};
}

}  // namespace sightline::query
