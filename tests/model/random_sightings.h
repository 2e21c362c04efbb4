// Random sightings and filters whose values are drawn from few, so that equal times, crowded minutes
// and empty answers are common.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "core/correction.h"
#include "core/filter.h"
#include "core/sighting.h"

namespace sightline::testing {

// Prints its seed, which SIGHTLINE_TEST_SEED sets to repeat a run. Not thread-safe.
class RandomSightings {
 public:
  static constexpr TimestampMs kFirstDay{int64_t{17'065} * kMillisecondsPerDay};
  static constexpr int kDays = 4;

  RandomSightings();

  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  bool OneIn(int n) { return Below(n) == 0; }

  // Some 50 instants a day around a few minutes, first and last of the day among them.
  TimestampMs SomeTime();
  std::string SomeCamera();
  std::string SomePlate();  // may be empty
  Sighting SomeSighting();  // without vectors

  // Of a row as it stands; changes it.
  Correction SomeCorrection(const Sighting& sighting);

  Interval SomeInterval();

  // First none, then of each member alone and of every two together, then any.
  Filter SomeFilter(int question);

 private:
  // The members of a filter.
  enum Member { kTime, kPattern, kLike, kCameras, kArea, kNear, kColor, kDoors, kMembers };

  // Gives a filter one member.
  void Set(Filter& filter, int member);

  std::mt19937_64 random_;
};

}  // namespace sightline::testing
