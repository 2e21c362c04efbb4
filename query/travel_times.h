// How long vehicles take from camera to camera, learned from what was read (docs/travel-times.md).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/geo.h"
#include "core/time.h"
#include "core/time_zone.h"
#include "query/hour_class.h"
#include "query/plate_readings.h"
#include "query/travel_bound.h"

namespace sightline::query {

// The time from one camera to another in seconds.
struct TravelTime {
  double fastest_s = 0;  // the fastest credible: nothing honest is faster, errors of clocks aside
  double median_s = 0;   // of those that drove on without a stop
  double slow_s = 0;     // 95 %
  uint64_t samples = 0;  // readings behind it, the least over the way's links; 0: the bound alone
  bool direct = false;   // seen from the one to the other, not joined of links
  std::vector<uint32_t> via;  // camera numbers between them, in order; of joined ones
};

// What was seen from one camera to the next at hours of one class.
struct HourTravel {
  uint64_t samples = 0;  // vehicles, each once a day
  double median_s = 0;   // of those that drove on without a stop; 0 without samples
  double slow_s = 0;     // 95 %
};

// A link out of a camera: vehicles were seen at `to` next.
struct TravelLink {
  uint32_t to = 0;  // camera number
  Meters distance;  // great circle
  double fastest_s = 0;  // the fastest credible on this link alone
  HourTravel all;
  std::array<HourTravel, kHourClasses> hours;
};

// What a model was learned from.
struct TravelBasis {
  std::vector<Day> days;  // ascending
  uint64_t plates = 0;    // a day each
  uint64_t plates_left_out = 0;  // their readings contradict each other
  uint64_t readings = 0;
  uint32_t cameras = 0;
  uint32_t cameras_left_out = 0;  // clock or position at fault; judged by the bound alone
  uint64_t links = 0;
};

// What is known of one camera.
struct TravelCamera {
  std::optional<Position> place;  // none: it moved, or nothing was read there
  // Its clock or its registered place contradict its neighbours: the bound alone judges it.
  bool at_fault = false;
  double clock_offset_s = 0;  // what its clock shows beyond its neighbours', where that was seen
};

// How long a stop must last, beside the time of the way, to end a trip: where the way is little known,
// so that the gap may be the way's, and where it is well known (docs/travel-times.md).
inline constexpr double kTripMarginSeconds = 25 * 60;
inline constexpr double kKnownTripMarginSeconds = 2 * 60;

// What was learned up to some day. Immutable; thread-safe; shared.
class TravelTimes {
 public:
  virtual ~TravelTimes() = default;

  // Between two cameras at an hour. Joined along shortest paths where the two were not seen one
  // after the other; `samples` 0 and the bound's time where nothing is known. From a camera to
  // itself: 0 seconds. Up to some milliseconds where it is joined.
  virtual TravelTime Between(uint32_t from_camera, uint32_t to_camera, HourClass hour) const = 0;

  // Whether one vehicle can have made both readings, a not after b: by the bound, and where enough
  // is known by the fastest credible time. Readings at places of their own (mobile cameras, a camera
  // that was moved) are judged by the bound alone. Fast: a few tens of nanoseconds.
  virtual TravelVerdict Judge(const PlateReading& a, const PlateReading& b) const = 0;
  // The fastest credible time from a to b, as Judge uses it, without the slack for clocks
  // (bound().slack_s, by which Judge lets the gap be shorter); 0 where a place is not known.
  virtual double FastestSeconds(const PlateReading& a, const PlateReading& b) const = 0;

  // The gap beyond which a vehicle is thought to have stopped between the two readings: the slow
  // time and a margin, kKnownTripMarginSeconds where vehicles were seen amply on the way, else
  // kTripMarginSeconds. A reading without a place counts as at its camera's.
  virtual double StopGapSeconds(const PlateReading& a, const PlateReading& b) const = 0;

  virtual const TravelBound& bound() const = 0;
  virtual HourClass HourClassOf(TimestampMs time) const = 0;

  // --- to look at ----------------------------------------------------------------------------------

  // The links out of a camera by number; empty for one that is not known.
  virtual std::vector<TravelLink> LinksFrom(uint32_t /*camera*/) const { return {}; }
  virtual TravelCamera Camera(uint32_t /*camera*/) const { return {}; }
  virtual TravelBasis basis() const { return {}; }
};

// The bound alone: what is used before anything is learned. `zone` none: UTC.
std::shared_ptr<const TravelTimes> UnlearnedTravelTimes(const TravelBound& bound,
                                                        std::optional<TimeZone> zone = {});

// Hands out models. Thread-safe.
class TravelTimeSource {
 public:
  virtual ~TravelTimeSource() = default;

  // The newest one. Never null.
  virtual std::shared_ptr<const TravelTimes> Current() const = 0;

  // For a sweep of a window: learned from its days and those before it, as many as are kept, after
  // learning those of the window's days that were not learned yet or have changed much since. The
  // same days give the same model. May take seconds for each such day. Errors: kCancelled, those of
  // PlateSweep.
  virtual Result<std::shared_ptr<const TravelTimes>> LearnedFor(
      Interval /*window*/, const Cancellation& /*cancellation*/) const {
    return Current();
  }
};

}  // namespace sightline::query
