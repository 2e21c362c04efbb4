#include "query/track_reading.h"

#include <algorithm>
#include <cmath>

namespace sightline::query {
namespace {

// What an estimated offset and an estimated place may be wrong by.
constexpr double kClockSlackSeconds = 20;
constexpr double kPlaceSlackMeters = 1'500;
// How many readings on a pair is looked for.
constexpr size_t kLookAhead = 2;

TravelVerdict JudgeByBound(const TravelBound& bound, const TrackReading& a, const TrackReading& b) {
  TravelVerdict verdict;
  verdict.gap_s = std::abs(static_cast<double>(b.time - a.time)) / 1'000;
  if (!a.place || !b.place) return verdict;
  verdict.distance = GreatCircleDistance(*a.place, *b.place);
  if (verdict.gap_s > 0) verdict.required = Kmh{verdict.distance.value / verdict.gap_s * 3.6};
  const double reach =
      bound.max_speed.value / 3.6 * (verdict.gap_s + bound.slack_s + a.slack_s + b.slack_s);
  verdict.possible =
      verdict.distance.value - bound.slack.value - a.slack.value - b.slack.value <= reach;
  return verdict;
}

}  // namespace

ReadingJudge::ReadingJudge(const TravelTimes& travel_times, const CameraFaults& faults)
    : travel_times_(travel_times), faults_(faults) {
  if (faults.empty()) return;
  faulty_.resize(size_t{faults.rbegin()->first} + 1);
  for (const auto& [camera, fault] : faults) faulty_[camera] = true;
}

const CameraFault* ReadingJudge::FaultOf(uint32_t camera) const {
  if (camera >= faulty_.size() || !faulty_[camera]) return nullptr;
  return &faults_.at(camera);
}

std::vector<TrackReading> ReadingJudge::Correct(std::span<const PlateReading> readings) const {
  std::vector<TrackReading> track;
  track.reserve(readings.size());
  for (const PlateReading& reading : readings) {
    TrackReading& added = track.emplace_back(
        TrackReading{.reading = reading, .time = reading.time, .place = reading.place});
    const CameraFault* fault = FaultOf(reading.camera_number);
    if (fault == nullptr) continue;
    added.corrected = true;
    if (fault->kind == CameraFault::Kind::kClock) {
      added.time = reading.time - std::llround(fault->OffsetAt(reading.time) * 1'000);
      added.slack_s = kClockSlackSeconds;
    } else {
      added.place = fault->place;
      added.slack = Meters{kPlaceSlackMeters};
    }
  }
  std::ranges::stable_sort(track, {}, &TrackReading::time);
  return track;
}

TravelVerdict ReadingJudge::Judge(const TrackReading& a, const TrackReading& b) const {
  if (!a.corrected && !b.corrected) return travel_times_.Judge(a.reading, b.reading);
  if (a.reading.camera_number == b.reading.camera_number && a.reading.place == b.reading.place) {
    TravelVerdict verdict;
    verdict.gap_s = std::abs(static_cast<double>(b.time - a.time)) / 1'000;
    return verdict;
  }
  return JudgeByBound(travel_times_.bound(), a, b);
}

bool ReadingJudge::HasImpossiblePair(std::span<const PlateReading> readings) const {
  if (!faulty_.empty()) {
    for (const PlateReading& reading : readings) {
      if (FaultOf(reading.camera_number) != nullptr) {
        return !ImpossiblePairs(Correct(readings)).empty();
      }
    }
  }
  const PlateReading* last = nullptr;
  const PlateReading* before = nullptr;
  for (const PlateReading& reading : readings) {
    if (!reading.place) continue;
    if (last != nullptr && last->camera_number != reading.camera_number &&
        !travel_times_.Judge(*last, reading).possible) {
      return true;
    }
    if (before != nullptr && before->camera_number != reading.camera_number &&
        !travel_times_.Judge(*before, reading).possible) {
      return true;
    }
    before = last;
    last = &reading;
  }
  return false;
}

std::vector<std::pair<size_t, size_t>> ReadingJudge::ImpossiblePairs(
    std::span<const TrackReading> readings) const {
  std::vector<std::pair<size_t, size_t>> pairs;
  std::vector<size_t> placed;
  for (size_t i = 0; i < readings.size(); ++i) {
    if (!readings[i].place) continue;
    const size_t first = placed.size() < kLookAhead ? 0 : placed.size() - kLookAhead;
    for (size_t j = first; j < placed.size(); ++j) {
      if (!Judge(readings[placed[j]], readings[i]).possible) pairs.emplace_back(placed[j], i);
    }
    placed.push_back(i);
  }
  return pairs;
}

}  // namespace sightline::query
