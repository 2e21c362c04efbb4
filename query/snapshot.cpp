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

}  // namespace sightline::query
