// Where a day's cameras stand, and which of them are in contradiction with what others read.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/geo.h"
#include "query/plate_readings.h"
#include "query/sphere_point.h"
#include "query/travel_bound.h"

namespace sightline::query {

// Not thread-safe.
class TravelSurvey {
 public:
  struct CameraState {
    Position place;
    SpherePoint point;
    bool seen = false;
    bool left_out = false;  // it moved, or is at fault
    uint32_t plates = 0;  // read here and elsewhere
    // How often readings here and at another camera contradict each other, each plate once a camera.
    uint32_t contradictions = 0;
  };

  explicit TravelSurvey(const TravelBound& bound) : bound_(bound) {}

  // A camera's first reading says where it stands; one at another place leaves it out.
  void See(const PlateReading& reading);

  // The readings of one plate, in order of time, each seen.
  void Count(std::span<const PlateReading> readings);

  // Leaves out the cameras at fault, one after the other, the worst first: what its pairs counted
  // against its neighbours is taken back each time. Once, behind the last Count.
  void JudgeCameras();

  // Whether the reading counts: by a camera that stood where the reading is.
  bool IsUsable(const PlateReading& reading) const;
  // Of readings that count.
  Meters Distance(const PlateReading& a, const PlateReading& b) const;
  bool IsPossible(const PlateReading& a, const PlateReading& b) const;

  // By camera number; may hold cameras that were not seen.
  const std::vector<CameraState>& cameras() const { return cameras_; }

 private:
  const TravelBound bound_;
  std::vector<CameraState> cameras_;
  std::unordered_map<uint64_t, uint32_t> contradictions_;  // plates, by a pair of cameras
  // Of the plate at hand; kept for their memory.
  std::vector<PlateReading> usable_;
  std::vector<uint64_t> pairs_;
  std::vector<uint32_t> touched_;
};

// The seconds from one reading to a later one.
inline double GapSeconds(const PlateReading& a, const PlateReading& b) {
  return static_cast<double>(b.time - a.time) / 1'000;
}

}  // namespace sightline::query
