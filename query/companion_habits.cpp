#include "query/companion_habits.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

namespace sightline::query {
namespace {

// Passes nearer than this in real time are the meeting that is to be judged, not a habit.
constexpr int64_t kSameTimeMs = 15 * kMillisecondsPerMinute;

// How exact a habit may be: half a width, in milliseconds of the time of day. The last stands for
// the hours in which one drives.
constexpr std::array<int64_t, 3> kScalesMs = {10 * kMillisecondsPerMinute,
                                              60 * kMillisecondsPerMinute,
                                              480 * kMillisecondsPerMinute};

// Lights bring together who would pass apart, and a trip has several cameras to meet at.
constexpr double kClumping = 2;

int64_t TimeOfDayDistance(TimestampMs a, TimestampMs b) {
  const int64_t apart = std::abs(a - b) % kMillisecondsPerDay;
  return std::min(apart, kMillisecondsPerDay - apart);
}

}  // namespace

TargetSchedule::TargetSchedule(const CompanionTarget& target) : trips_(target.trips.size()) {
  for (size_t i = 0; i < target.readings.size(); ++i) {
    const PlateReading& reading = target.readings[i];
    passes_.push_back({reading.camera_number, target.trip_of[i], reading.time});
  }
  std::ranges::stable_sort(passes_, {}, &Pass::camera_number);
}

std::vector<double> TargetSchedule::Chances(std::span<const PlateReading> candidate,
                                            std::span<const TripRange> candidate_trips,
                                            int32_t presence_ms, double days, double base) const {
  constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  std::vector<std::array<uint32_t, kScalesMs.size()>> counts(trips_);
  std::vector<int64_t> nearest(trips_, kNever);
  std::vector<uint32_t> touched;
  for (const TripRange& range : candidate_trips) {
    for (const PlateReading& reading :
         candidate.subspan(range.begin, range.end - range.begin)) {
      for (const Pass& pass :
           std::ranges::equal_range(passes_, reading.camera_number, {}, &Pass::camera_number)) {
        if (std::abs(pass.time - reading.time) <= kSameTimeMs) continue;
        if (nearest[pass.trip] == kNever) touched.push_back(pass.trip);
        nearest[pass.trip] =
            std::min(nearest[pass.trip], TimeOfDayDistance(pass.time, reading.time));
      }
    }
    for (const uint32_t trip : touched) {
      for (size_t i = 0; i < kScalesMs.size(); ++i) {
        if (nearest[trip] <= kScalesMs[i]) ++counts[trip][i];
      }
      nearest[trip] = kNever;
    }
    touched.clear();
  }
  std::vector<double> chances(trips_, base);
  for (size_t trip = 0; trip < trips_; ++trip) {
    for (size_t i = 0; i < kScalesMs.size(); ++i) {
      const double a_day = counts[trip][i] / days;
      const double habit =
          kClumping * a_day * presence_ms / static_cast<double>(kScalesMs[i]);
      chances[trip] = std::max(chances[trip], std::min(habit, 1.0));
    }
  }
  return chances;
}

}  // namespace sightline::query
