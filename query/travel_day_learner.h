// Learns a day's travel times from the readings of plate after plate.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/time.h"
#include "core/time_zone.h"
#include "query/plate_readings.h"
#include "query/sources.h"
#include "query/travel_bound.h"
#include "query/travel_day.h"

namespace sightline::query {

// Operation: two looks at the day's plates. Survey() sees where cameras stand and which of them are
// in contradiction with many plates: those whose clock is wrong by minutes or that stand elsewhere.
// It may see a part of the day. Learn() counts, without these cameras, how long each plate took from
// one reading to the next; a plate whose readings contradict each other (a clone, a misread) is left
// out whole. Finish() finds clocks that are wrong by less, from the difference between way there and
// way back.
//
// What contradicts is judged by the bound alone, never by what was learned before: a road that is
// new, or a first estimate that was wrong, would else never be learned.
//
// Not thread-safe. Memory: some 20 bytes a bin.
class TravelDayLearner {
 public:
  // `bound` and `zone` are copied.
  TravelDayLearner(Day day, const TravelBound& bound, const TimeZone& zone);
  ~TravelDayLearner();

  // The readings of one plate, in order of time. All calls of Survey come before those of Learn.
  void Survey(std::span<const PlateReading> readings);
  void Learn(std::span<const PlateReading> readings);

  TravelDay Finish();  // once

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The day as it stands at `as_of`, corrections included. Errors: those of PlateSweep.
Result<TravelDay> LearnTravelDay(const Sources& sources, Day day, Sequence as_of,
                                 const TravelBound& bound, const TimeZone& zone,
                                 const Cancellation& cancellation);

}  // namespace sightline::query
