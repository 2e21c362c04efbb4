#include "query/travel_survey.h"

#include <algorithm>

#include "query/travel_day.h"

namespace sightline::query {
namespace {

// A camera is at fault where this share of the plates that it read, and this many, contradict it.
// Clones and misreads are a few in a hundred, everywhere alike. One at fault is in contradiction with
// all of its neighbours, each of these with it alone: that is why it is found first.
constexpr double kFaultShare = 0.2;
constexpr uint32_t kFaultContradictions = 8;

constexpr uint64_t PairOf(uint32_t a, uint32_t b) {
  return uint64_t{std::min(a, b)} << 32 | std::max(a, b);
}

template <typename Value>
void SortUnique(std::vector<Value>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

bool IsAtFault(const TravelSurvey::CameraState& camera) {
  return !camera.left_out && camera.contradictions >= kFaultContradictions &&
         camera.contradictions >= kFaultShare * camera.plates;
}

double FaultShare(const TravelSurvey::CameraState& camera) {
  return static_cast<double>(camera.contradictions) / std::max(1u, camera.plates);
}

}  // namespace

void TravelSurvey::See(const PlateReading& reading) {
  if (!reading.place || reading.camera_number > kMaxTravelCamera) return;
  if (reading.camera_number >= cameras_.size()) {
    cameras_.resize(std::max<size_t>(reading.camera_number + 1, cameras_.size() * 2));
  }
  CameraState& camera = cameras_[reading.camera_number];
  if (!camera.seen) {
    camera.seen = true;
    camera.place = *reading.place;
    camera.point = SpherePoint::Of(*reading.place);
  } else if (!IsSamePlace(camera.place, *reading.place)) {
    camera.left_out = true;
  }
}

bool TravelSurvey::IsUsable(const PlateReading& reading) const {
  return reading.place && reading.camera_number < cameras_.size() &&
         cameras_[reading.camera_number].seen && !cameras_[reading.camera_number].left_out;
}

Meters TravelSurvey::Distance(const PlateReading& a, const PlateReading& b) const {
  return GreatCircleDistance(cameras_[a.camera_number].point, cameras_[b.camera_number].point);
}

bool TravelSurvey::IsPossible(const PlateReading& a, const PlateReading& b) const {
  return a.camera_number == b.camera_number ||
         JudgeTravel(bound_, Distance(a, b), GapSeconds(a, b)).possible;
}

void TravelSurvey::Count(std::span<const PlateReading> readings) {
  usable_.clear();
  std::ranges::copy_if(readings, std::back_inserter(usable_),
                       [this](const PlateReading& reading) { return IsUsable(reading); });
  if (usable_.size() < 2) return;
  touched_.clear();
  pairs_.clear();
  for (size_t i = 0; i < usable_.size(); ++i) {
    touched_.push_back(usable_[i].camera_number);
    if (i > 0 && !IsPossible(usable_[i - 1], usable_[i])) {
      pairs_.push_back(PairOf(usable_[i - 1].camera_number, usable_[i].camera_number));
    }
  }
  SortUnique(touched_);
  for (const uint32_t camera : touched_) ++cameras_[camera].plates;
  if (pairs_.empty()) return;
  SortUnique(pairs_);
  for (const uint64_t pair : pairs_) {
    ++contradictions_[pair];
    ++cameras_[pair >> 32].contradictions;
    ++cameras_[static_cast<uint32_t>(pair)].contradictions;
  }
}

void TravelSurvey::JudgeCameras() {
  for (;;) {
    const auto worst = std::ranges::max_element(cameras_, {}, [](const CameraState& camera) {
      return IsAtFault(camera) ? FaultShare(camera) : 0;
    });
    if (worst == cameras_.end() || !IsAtFault(*worst)) return;
    worst->left_out = true;
    const auto number = static_cast<uint32_t>(worst - cameras_.begin());
    for (const auto& [pair, plates] : contradictions_) {
      const auto a = static_cast<uint32_t>(pair >> 32);
      const auto b = static_cast<uint32_t>(pair);
      if (a != number && b != number) continue;
      CameraState& other = cameras_[a == number ? b : a];
      other.contradictions -= std::min(other.contradictions, plates);
    }
  }
}

}  // namespace sightline::query
