#include "tests/model/random_sightings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>

namespace sightline::testing {
namespace {

uint64_t Seed() {
  if (const char* given = std::getenv("SIGHTLINE_TEST_SEED")) return std::stoull(given);
  return std::random_device()();
}

}  // namespace

RandomSightings::RandomSightings() {
  const uint64_t seed = Seed();
  std::cout << "seed " << seed << std::endl;
  ::testing::Test::RecordProperty("seed", std::to_string(seed));
  random_.seed(seed);
}

TimestampMs RandomSightings::SomeTime() {
  static constexpr int64_t kMinutes[] = {0, 1, 2, 600, 601, 1439};
  const int64_t minute = kMinutes[Below(std::size(kMinutes))];
  static constexpr int64_t kWithin[] = {0, 1, 30'000, 30'001, 59'998, 59'999};
  const int64_t within = kWithin[Below(std::size(kWithin))];
  return kFirstDay + Below(kDays) * kMillisecondsPerDay + minute * kMillisecondsPerMinute + within;
}

std::string RandomSightings::SomeCamera() {
  static const std::string kIds[] = {"é", "b", "a", "B", "zz", "z", "K-0012"};
  return kIds[Below(std::size(kIds))];
}

std::string RandomSightings::SomePlate() {
  static const std::string kPlates[] = {"", "A1", "A12", "B1", "京A1", "京B2"};
  return kPlates[Below(std::size(kPlates))];
}

Sighting RandomSightings::SomeSighting() {
  Sighting sighting;
  if (!OneIn(3)) sighting.source_id = std::to_string(Below(1'000'000));
  sighting.camera_id = SomeCamera();
  sighting.time = SomeTime();
  sighting.plate = SomePlate();
  sighting.plate_read = sighting.plate;
  if (!OneIn(4)) sighting.location = Position{double(Below(5)), double(Below(5))};
  if (OneIn(2)) sighting.attributes.push_back({"color", OneIn(2) ? "red" : "gray"});
  if (OneIn(2)) sighting.attributes.push_back({"doors", int64_t{2 + Below(3)}});
  return sighting;
}

Correction RandomSightings::SomeCorrection(const Sighting& sighting) {
  Correction correction;
  if (OneIn(2)) {
    do correction.plate = SomePlate();
    while (correction.plate == sighting.plate);
  } else {
    // A value that no row has yet changes each.
    correction.attributes = {{"color", OneIn(2) ? "blue" : "violet"},
                             {"doors", int64_t{10 + Below(1'000'000)}}};
  }
  return correction;
}

Interval RandomSightings::SomeInterval() {
  const TimestampMs a = SomeTime() + Below(3) - 1;
  const TimestampMs b = SomeTime() + Below(3) - 1;
  return OneIn(10) ? Interval{std::max(a, b), std::min(a, b)}
                   : Interval{std::min(a, b), std::max(a, b)};
}

void RandomSightings::Set(Filter& filter, int member) {
  static const std::string kPatterns[] = {"A1", "京B2", "A*", "?1", "*1", "X", "*", "*A1*", "京?1"};
  static const std::string kTexts[] = {"A1", "A?", "京A2", "B12", "??", "AI", "X"};
  switch (member) {
    case kTime:
      filter.time = SomeInterval();
      break;
    case kPattern:
      filter.plate_pattern = kPatterns[Below(std::size(kPatterns))];
      break;
    case kLike:
      filter.plate_like = PlateLike{kTexts[Below(std::size(kTexts))], Below(4)};
      break;
    case kCameras:
      filter.cameras.emplace();
      for (int i = Below(4); i > 0; --i) filter.cameras->push_back(SomeCamera());
      if (OneIn(4)) filter.cameras->push_back("unknown");
      break;
    case kArea: {
      const double west = Below(4);
      const double south = Below(4);
      filter.area =
          Area{{{{{west, south}, {west + 2, south}, {west + 2, south + 2}, {west, south}}}}};
      break;
    }
    case kNear:
      filter.near = Circle{{double(Below(5)), double(Below(5))}, {120'000}};
      break;
    case kColor:
      filter.attributes.push_back({"color", OneIn(5) ? std::vector<AttributeValue>{"blue", "red"}
                                                     : std::vector<AttributeValue>{"red"}});
      break;
    case kDoors:
      filter.attributes.push_back({"doors", {2.0, int64_t{3}}});
      break;
  }
}

Filter RandomSightings::SomeFilter(int question) {
  Filter filter;
  if (question == 0) return filter;
  int pair = 1;
  for (int a = 0; a < kMembers; ++a) {
    for (int b = a; b < kMembers; ++b) {
      if (pair++ != question) continue;
      Set(filter, a);
      if (b != a) Set(filter, b);
      return filter;
    }
  }
  for (int member = 0; member < kMembers; ++member) {
    if (OneIn(3)) Set(filter, member);
  }
  return filter;
}

}  // namespace sightline::testing
