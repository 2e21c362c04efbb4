// A town of a few cameras whose drives a test plants one by one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/time_zone.h"
#include "query/plate_readings.h"
#include "query/travel_day.h"
#include "query/travel_times.h"

namespace sightline::testing {

// Noon, UTC, of a Wednesday: hour class day.
inline constexpr TimestampMs kTownNoon{int64_t{17'065} * kMillisecondsPerDay + 12 * 3'600'000};
inline constexpr double kTownDegreeMeters = 111'195.08;  // along the equator

inline TimeZone Utc() { return TimeZone::Named("UTC").value(); }

// A plate's reading at a camera so many seconds after noon.
struct TownStop {
  uint32_t camera = 0;
  double at_s = 0;
};

class SmallTown {
 public:
  void Put(uint32_t camera, Position place) { places_[camera] = place; }
  // What the camera's clock shows beyond the true time.
  void SetClock(uint32_t camera, double offset_s) { clocks_[camera] = offset_s; }
  void Drive(const std::string& plate, const std::vector<TownStop>& stops);
  // One reading at a place that is not the camera's.
  void See(const std::string& plate, uint32_t camera, double at_s, Position place);

  query::PlateReading Reading(uint32_t camera, double at_s) const;

  query::TravelDay LearnDay() const;
  std::shared_ptr<const query::TravelTimes> Learn() const;

 private:
  std::map<uint32_t, Position> places_;
  std::map<uint32_t, double> clocks_;
  std::map<std::string, std::vector<query::PlateReading>> plates_;
};

}  // namespace sightline::testing
