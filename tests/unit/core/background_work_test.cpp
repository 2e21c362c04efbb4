#include "core/background_work.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

namespace sightline {
namespace {

TEST(BackgroundWork, RunsAgainAndAgain) {
  std::promise<void> third;
  int runs = 0;
  {
    const BackgroundWork task({.period = std::chrono::milliseconds(1), .at_once = true}, [&] {
      if (++runs == 3) third.set_value();
    });
    third.get_future().wait();
  }
  EXPECT_GE(runs, 3);
}

TEST(BackgroundWork, RunsAtOnceAndWaitsForItsPeriodOnlyUntilItEnds) {
  std::promise<void> first;
  int runs = 0;
  const auto start = std::chrono::steady_clock::now();
  {
    const BackgroundWork task({.period = std::chrono::hours(1), .at_once = true}, [&] {
      ++runs;
      first.set_value();
    });
    first.get_future().wait();
  }
  EXPECT_EQ(runs, 1);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::minutes(1));
}

TEST(BackgroundWork, RestsFirstWhereItIsNotWantedAtOnce) {
  int runs = 0;
  { const BackgroundWork task({.period = std::chrono::hours(1)}, [&] { ++runs; }); }
  EXPECT_EQ(runs, 0);
}

}  // namespace
}  // namespace sightline
