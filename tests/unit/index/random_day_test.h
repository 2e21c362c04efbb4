// Tests over random days, one for each parameter.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

#include "core/log.h"
#include "core/time.h"
#include "tests/unit/index/memory_feed.h"
#include "tests/unit/index/random_day.h"

namespace sightline::index {

// What fails says the seed; the index logs nothing meanwhile.
class RandomDayTest : public ::testing::TestWithParam<RandomDayOptions> {
 protected:
  static constexpr TimestampMs kNow{1'474'450'000'000};
  static constexpr Day kFirst{17'065};

  RandomDayTest() { SetLogLevel(LogLevel::kOff); }
  ~RandomDayTest() override { SetLogLevel(LogLevel::kInfo); }

  const uint64_t seed_ = std::random_device()();
  const ::testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
  MemoryFeed feed_;
};

}  // namespace sightline::index
