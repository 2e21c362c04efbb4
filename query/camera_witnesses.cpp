#include "query/camera_witnesses.h"

#include <algorithm>
#include <cmath>

namespace sightline::query {
namespace {

// A drive past the camera: two other readings so soon after each other ...
constexpr double kMostDriveSeconds = 600;
// ... and so placed that the way past the camera is no detour.
constexpr double kMostDetour = 1.18;
constexpr double kDetourSlackMeters = 40;
// Other cameras are near within the distance of the sixth nearest, in bounds.
constexpr size_t kNearCameras = 6;
constexpr double kLeastNear = 800;
constexpr double kMostNear = 4'000;
// Of a place by others.
constexpr double kMostPlaceSeconds = 360;

LocalPlane PlaneOf(const TrackSample& sample) {
  for (const SampledReading& reading : sample.readings()) {
    if (reading.has_place) return LocalPlane(reading.place);
  }
  return LocalPlane(Position{});
}

double Seconds(TimestampMs a, TimestampMs b) { return static_cast<double>(a - b) / 1'000; }

}  // namespace

CameraWitnesses::CameraWitnesses(const TrackSample& sample)
    : sample_(sample), plane_(PlaneOf(sample)) {
  if (sample.readings().empty()) return;
  uint32_t most = 0;
  TimestampMs last = sample.readings().front().time;
  first_ = last;
  for (const SampledReading& reading : sample.readings()) {
    most = std::max(most, reading.camera);
    first_ = std::min(first_, reading.time);
    last = std::max(last, reading.time);
  }
  span_days_ = static_cast<double>(last - first_) / static_cast<double>(kMillisecondsPerDay);
  aside_.resize(size_t{most} + 1);
  std::vector<Camera> by_number(size_t{most} + 1);
  for (uint32_t t = 0; t < sample.size(); ++t) {
    const std::span<const SampledReading> track = sample.track(t);
    for (uint32_t i = 0; i < track.size(); ++i) {
      if (!track[i].has_place) continue;
      Camera& camera = by_number[track[i].camera];
      const PlanePoint place = PointOf(track[i]);
      if (camera.readings.empty()) {
        camera.number = track[i].camera;
        camera.place = place;
      } else if (!(camera.place == place)) {
        camera.fixed = false;
      }
      if (camera.readings.empty() || camera.readings.back().first != t) ++camera.tracks;
      camera.readings.emplace_back(t, i);
    }
  }
  for (Camera& camera : by_number) {
    if (!camera.readings.empty()) cameras_.push_back(std::move(camera));
  }
  std::vector<double> distances;
  for (const Camera& camera : cameras_) {
    distances.clear();
    for (const Camera& other : cameras_) {
      if (other.fixed && other.number != camera.number) {
        distances.push_back(Distance(camera.place, other.place));
      }
    }
    double radius = kMostNear;
    if (distances.size() >= kNearCameras) {
      std::ranges::nth_element(distances, distances.begin() + kNearCameras - 1);
      radius = distances[kNearCameras - 1];
    }
    radius_.push_back(std::clamp(radius, kLeastNear, kMostNear));
  }
}

void CameraWitnesses::SetAside(uint32_t camera_number, bool aside) {
  aside_[camera_number] = aside;
}

bool CameraWitnesses::IsWitness(const SampledReading& reading, uint32_t camera) const {
  return reading.has_place && reading.camera != camera && !aside_[reading.camera];
}

CameraWitnesses::Neighbours CameraWitnesses::Around(std::span<const SampledReading> track,
                                                    TimestampMs time, uint32_t camera) const {
  const auto at = std::ranges::lower_bound(track, time, {}, &SampledReading::time);
  auto before = at;
  const SampledReading* first = nullptr;
  while (before != track.begin() && first == nullptr) {
    --before;
    if (IsWitness(*before, camera)) first = &*before;
  }
  auto after = at;
  while (after != track.end() && !IsWitness(*after, camera)) ++after;
  return {time, first, after == track.end() ? nullptr : &*after};
}

CameraWitnesses::Neighbours CameraWitnesses::AroundReading(const Camera& camera, uint32_t track,
                                                           uint32_t index, double offset_s,
                                                           double drift) const {
  const std::span<const SampledReading> readings = sample_.track(track);
  const double days = Seconds(readings[index].time, first_) / 86'400;
  const TimestampMs time =
      readings[index].time - std::llround((offset_s + drift * days) * 1'000);
  return Around(readings, time, camera.number);
}

size_t CameraWitnesses::Looked(const Camera& camera) {
  const size_t stride = 1 + camera.readings.size() / kMaxReadings;
  return (camera.readings.size() + stride - 1) / stride;
}

std::vector<Witness> CameraWitnesses::Collect(const Camera& camera, double offset_s,
                                              double drift, size_t most) const {
  std::vector<Witness> witnesses;
  const size_t stride = 1 + camera.readings.size() / most;
  for (size_t r = 0; r < camera.readings.size(); r += stride) {
    const auto [t, i] = camera.readings[r];
    const std::span<const SampledReading> track = sample_.track(t);
    const auto [time, before, after] = AroundReading(camera, t, i, offset_s, drift);
    if (before == nullptr || after == nullptr || before->camera == after->camera) continue;
    const double drive = Seconds(after->time, before->time);
    if (drive <= 0 || drive > kMostDriveSeconds) continue;
    const PlanePoint here = PointOf(track[i]);
    const double to = Distance(PointOf(*before), here);
    const double from = Distance(here, PointOf(*after));
    const double straight = Distance(PointOf(*before), PointOf(*after));
    if (to + from > straight * kMostDetour + kDetourSlackMeters || to + from <= 0) continue;
    witnesses.push_back({.before = before->camera,
                         .after = after->camera,
                         .days = Seconds(track[i].time, first_) / 86'400,
                         .drive_s = drive,
                         .bend = (to + from) / std::max(straight, 1.0) - 1,
                         .ahead_s = Seconds(time, before->time) - drive * to / (to + from),
                         .track = t});
  }
  return witnesses;
}

std::vector<uint32_t> CameraWitnesses::TimesToNeighbours(const Camera& camera) const {
  constexpr auto kBins = static_cast<size_t>(2 * kMostSeconds / kBinSeconds);
  std::vector<uint32_t> bins(kBins);
  const double radius = radius_[static_cast<size_t>(&camera - cameras_.data())];
  const size_t stride = 1 + camera.readings.size() / kMaxReadings;
  for (size_t r = 0; r < camera.readings.size(); r += stride) {
    const auto [t, i] = camera.readings[r];
    const std::span<const SampledReading> track = sample_.track(t);
    const PlanePoint here = PointOf(track[i]);
    const auto look = [&](const SampledReading& other) {
      const double seconds = Seconds(track[i].time, other.time);
      if (std::abs(seconds) >= kMostSeconds) return false;
      if (IsWitness(other, camera.number) && Distance(here, PointOf(other)) <= radius) {
        ++bins[std::min(kBins - 1, static_cast<size_t>((seconds + kMostSeconds) / kBinSeconds))];
      }
      return true;
    };
    for (size_t j = i; j-- > 0;) {
      if (!look(track[j])) break;
    }
    for (size_t j = i + 1; j < track.size(); ++j) {
      if (!look(track[j])) break;
    }
  }
  return bins;
}

std::vector<PlanePoint> CameraWitnesses::PlacesByOthers(const Camera& camera) const {
  std::vector<PlanePoint> places;
  const size_t stride = 1 + camera.readings.size() / kMaxReadings;
  for (size_t r = 0; r < camera.readings.size(); r += stride) {
    const auto [t, i] = camera.readings[r];
    const std::span<const SampledReading> track = sample_.track(t);
    const auto [time, before, after] = Around(track, track[i].time, camera.number);
    if (before == nullptr || after == nullptr) continue;
    const double drive = Seconds(after->time, before->time);
    if (drive <= 0 || drive > kMostPlaceSeconds) continue;
    const double share = Seconds(time, before->time) / drive;
    const PlanePoint a = PointOf(*before);
    const PlanePoint b = PointOf(*after);
    places.push_back({a.east + share * (b.east - a.east), a.north + share * (b.north - a.north)});
  }
  return places;
}

}  // namespace sightline::query
