// Readings with what is known to be wrong about their cameras undone, and whether one vehicle can
// have made two of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/geo.h"
#include "core/time.h"
#include "query/camera_fault.h"
#include "query/plate_readings.h"
#include "query/travel_times.h"

namespace sightline::query {

struct TrackReading {
  PlateReading reading;           // as it came
  TimestampMs time;               // by a right clock, as far as is known
  std::optional<Position> place;  // where it was really made, as far as is known
  bool corrected = false;         // one of the two differs from the reading's
  double slack_s = 0;             // what the correction may be wrong by
  Meters slack{0};

  bool operator==(const TrackReading&) const = default;
};

// Judges pairs of readings in the light of cameras' faults. Immutable; thread-safe.
class ReadingJudge {
 public:
  // Outlived by both.
  ReadingJudge(const TravelTimes& travel_times, const CameraFaults& faults);

  // In order of the right time; equal ones as they came.
  std::vector<TrackReading> Correct(std::span<const PlateReading> readings) const;

  // Whether one vehicle can have made both; a not after b. Corrected readings are judged by the
  // bound alone: what was learned of their cameras was learned from wrong times or places.
  TravelVerdict Judge(const TrackReading& a, const TrackReading& b) const;

  // Whether any two neighbours in time exclude each other: all that a sweep asks of most plates.
  // Looks one reading past the neighbour too, since slack adds up over short steps. Readings without
  // a place are passed over.
  bool HasImpossiblePair(std::span<const PlateReading> readings) const;
  std::vector<std::pair<size_t, size_t>> ImpossiblePairs(
      std::span<const TrackReading> readings) const;

  const TravelTimes& travel_times() const { return travel_times_; }
  const CameraFaults& faults() const { return faults_; }
  const CameraFault* FaultOf(uint32_t camera) const;

 private:
  const TravelTimes& travel_times_;
  const CameraFaults& faults_;
  std::vector<bool> faulty_;  // by camera number
};

}  // namespace sightline::query
