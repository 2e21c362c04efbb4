// What part of the store a question is about: up to which sequence, and which days.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/sighting.h"
#include "core/time.h"
#include "storage/store.h"

namespace sightline::query {

// The sequence that an answer is made of: the one asked for, but none that is not visible yet, since
// what is below it could still grow. Ask before DaysIn.
Sequence VisibleAt(const storage::Store& store, std::optional<Sequence> as_of);

// The days with sightings that share an instant with `time`, ascending.
std::vector<Day> DaysIn(const storage::Store& store, Interval time);

// [from, to) in milliseconds of a day; empty where the two are equal.
struct DayPart {
  uint32_t from_ms = 0;
  uint32_t to_ms = 0;
};

// What of `day` lies in `time`.
DayPart PartOf(Day day, Interval time);

}  // namespace sightline::query
