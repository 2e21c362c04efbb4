#include "query/camera_witnesses.h"

#include <algorithm>
#include <cmath>

namespace sightline::query {
namespace {

// A drive past the camera: two other readings so soon after each other ...
constexpr double kMostDriveSeconds = 600;
// ... and so placed that the way past the camera is no detour.
constexpr double kMostDetour = 1.4;
constexpr double kDetourSlackMeters = 40;
// Other cameras are near within the distance of the sixth nearest, in bounds.
constexpr size_t kNearCameras = 6;
constexpr double kLeastNear = 800;
constexpr double kMostNear = 4'000;
// Nobody drives so much slower or faster than usual: the logarithm of the ratio.
constexpr double kUnlikelySpeed = 1.1;
// Cameras so near say nothing: which of the two a vehicle passes first is not known.
constexpr double kBeside = 100;
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
  moves_.resize(size_t{most} + 1);
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
    if (camera.readings.empty()) continue;
    moves_[camera.number] = !camera.fixed;
    cameras_.push_back(std::move(camera));
  }
  LearnUsualSpeed();
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

bool CameraWitnesses::IsWitness(const SampledReading& reading, const SampledReading& here) const {
  return reading.has_place && reading.camera != here.camera && !aside_[reading.camera] &&
         Distance(PointOf(reading), PointOf(here)) > kBeside;
}

Neighbour CameraWitnesses::NeighbourOf(const SampledReading& here,
                                       const SampledReading& other) const {
  // Metres, of those that move.
  const auto spot = [this](const SampledReading& reading) -> uint64_t {
    if (!moves_[reading.camera]) return 0;
    const PlanePoint point = PointOf(reading);
    return (static_cast<uint64_t>(std::llround(point.east / 10)) & 0xFFFF) << 16 |
           (static_cast<uint64_t>(std::llround(point.north / 10)) & 0xFFFF);
  };
  return other.camera | (spot(other) + 31 * spot(here)) << 32;
}

CameraWitnesses::Neighbours CameraWitnesses::Around(std::span<const SampledReading> track,
                                                    TimestampMs time,
                                                    const SampledReading& here) const {
  const auto at = std::ranges::lower_bound(track, time, {}, &SampledReading::time);
  auto before = at;
  const SampledReading* first = nullptr;
  while (before != track.begin() && first == nullptr) {
    --before;
    if (IsWitness(*before, here)) first = &*before;
  }
  auto after = at;
  while (after != track.end() && !IsWitness(*after, here)) ++after;
  return {time, first, after == track.end() ? nullptr : &*after};
}

double CameraWitnesses::DaysOf(const SampledReading& reading) const {
  return Seconds(reading.time, first_) / 86'400;
}

CameraWitnesses::Neighbours CameraWitnesses::AroundReading(uint32_t track, uint32_t index,
                                                           const ClockError& assumed) const {
  const std::span<const SampledReading> readings = sample_.track(track);
  const SampledReading& here = readings[index];
  const TimestampMs time = here.time - std::llround(assumed.At(DaysOf(here)) * 1'000);
  return Around(readings, time, here);
}

size_t CameraWitnesses::Looked(const Camera& camera) {
  const size_t stride = 1 + camera.readings.size() / kMaxReadings;
  return (camera.readings.size() + stride - 1) / stride;
}

std::vector<Witness> CameraWitnesses::Collect(const Camera& camera, const ClockError& assumed,
                                              size_t most) const {
  std::vector<Witness> witnesses;
  const size_t stride = 1 + camera.readings.size() / most;
  for (size_t r = 0; r < camera.readings.size(); r += stride) {
    const auto [t, i] = camera.readings[r];
    const SampledReading& here = sample_.track(t)[i];
    const auto [time, before, after] = AroundReading(t, i, assumed);
    if (before == nullptr || after == nullptr || before->camera == after->camera) continue;
    const double drive = Seconds(after->time, before->time);
    if (drive <= 0 || drive > kMostDriveSeconds) continue;
    const double to = Distance(PointOf(*before), PointOf(here));
    const double from = Distance(PointOf(here), PointOf(*after));
    const double straight = Distance(PointOf(*before), PointOf(*after));
    if (to + from > straight * kMostDetour + kDetourSlackMeters) continue;
    witnesses.push_back({.before = NeighbourOf(here, *before),
                         .after = NeighbourOf(here, *after),
                         .days = DaysOf(here),
                         .drive_s = drive,
                         .share = to / (to + from),
                         .bend = (to + from) / std::max(straight, 1.0) - 1,
                         .ahead_s = Seconds(time, before->time) - drive * to / (to + from),
                         .track = t});
  }
  return witnesses;
}

std::vector<Leg> CameraWitnesses::CollectLegs(const Camera& camera,
                                              const ClockError& assumed, size_t most) const {
  std::vector<Leg> legs;
  const size_t stride = 1 + camera.readings.size() / most;
  for (size_t r = 0; r < camera.readings.size(); r += stride) {
    const auto [t, i] = camera.readings[r];
    const SampledReading& here = sample_.track(t)[i];
    const Neighbours around = AroundReading(t, i, assumed);
    for (const SampledReading* other : {around.before, around.after}) {
      if (other == nullptr) continue;
      const double seconds = std::abs(Seconds(around.time, other->time));
      if (seconds > kMostDriveSeconds) continue;
      legs.push_back({.neighbour = NeighbourOf(here, *other),
                      .toward = other == around.before,
                      .meters = Distance(PointOf(here), PointOf(*other)),
                      .seconds = seconds,
                      .days = DaysOf(here),
                      .track = t});
    }
  }
  return legs;
}

void CameraWitnesses::LearnUsualSpeed() {
  constexpr size_t kMostPairs = 200'000;
  const size_t stride = 1 + sample_.readings().size() / kMostPairs;
  std::vector<double> speeds;
  for (size_t t = 0; t < sample_.size(); t += stride) {
    const std::span<const SampledReading> track = sample_.track(t);
    for (size_t i = 1; i < track.size(); ++i) {
      if (!track[i - 1].has_place || !IsWitness(track[i - 1], track[i])) continue;
      const double seconds = Seconds(track[i].time, track[i - 1].time);
      if (!track[i].has_place || seconds <= 0 || seconds > kMostDriveSeconds) continue;
      speeds.push_back(Distance(PointOf(track[i - 1]), PointOf(track[i])) / seconds);
    }
  }
  if (speeds.empty()) return;
  const auto middle = speeds.begin() + static_cast<ptrdiff_t>(speeds.size() / 2);
  std::ranges::nth_element(speeds, middle);
  usual_speed_ = *middle;
}

double CameraWitnesses::Likeness(const Leg& leg) const {
  if (leg.seconds <= 0) return 0;
  const double away = std::log(leg.meters / (leg.seconds * usual_speed_)) / kUnlikelySpeed;
  return std::max(0.0, 1 - away * away);
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
      if (IsWitness(other, track[i]) && Distance(here, PointOf(other)) <= radius) {
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
    const auto [time, before, after] = Around(track, track[i].time, track[i]);
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
