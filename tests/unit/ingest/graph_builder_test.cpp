#include "ingest/graph_builder.h"

#include <gtest/gtest.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "core/mutex.h"
#include "ingest/sealer.h"
#include "tests/unit/ingest/fixed_clock.h"
#include "tests/unit/ingest/scripted_index.h"

namespace sightline::ingest {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto kIdle = [] { return false; };

class SetClock final : public Clock {
 public:
  TimestampMs Now() const override { return {now_}; }
  void Advance(int64_t ms) { now_ += ms; }

 private:
  std::atomic<int64_t> now_ = kNow.value;
};

std::vector<std::string> PendingDays(const storage::Store& store) {
  std::vector<std::string> days;
  for (const auto& [day, value] : store.Entries("graphs").value()) days.push_back(day);
  return days;
}

// Keeps the thread busy, not asleep.
void UseProcessor(milliseconds time) {
  timespec now{};
  const auto used = [&now] {
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  };
  const auto until = used() + time;
  while (used() < until) {
  }
}

index::ColumnIndex::DayStats DayWith(Day day, uint64_t sealed, uint64_t graphed) {
  index::ColumnIndex::DayStats stats{.day = day};
  stats.spaces["vehicle"] = {.vectors = sealed, .sealed_vectors = sealed,
                             .graphed_vectors = graphed};
  return stats;
}

TEST(GraphBuilder, BuildsForEveryDayUntilNothingIsDue) {
  DaysStore store({kFirst, kSecond});
  ScriptedIndex index({}, {{kFirst, 3}, {kSecond, 2}});
  const FixedClock clock;
  GraphBuilder builder(store, index, clock, {.period_ms = 1}, kIdle);
  index.graphs.WaitForCalls(kFirst, 5);
  EXPECT_EQ(index.graphs.left(kFirst), 0);
  EXPECT_EQ(index.graphs.left(kSecond), 0);
  EXPECT_FALSE(index.graphs.forced());
  EXPECT_EQ(builder.GetStats().graphs_built, 5u);
  EXPECT_EQ(builder.GetStats().failures, 0u);
}

TEST(GraphBuilder, DaysWithVectorsInNoGraphAreFoundThoughTheyAreSealed) {
  DaysStore store({kFirst, kSecond}, {});
  ScriptedIndex index({}, {{kFirst, 1}, {kSecond, 1}});
  index.SetStats({DayWith(kFirst, 10, 9), DayWith(kSecond, 10, 10)});
  const FixedClock clock;
  GraphBuilder builder(store, index, clock, {.period_ms = 1}, kIdle);
  index.graphs.WaitForCalls(kFirst, 3);
  EXPECT_EQ(index.graphs.left(kFirst), 0);
  EXPECT_EQ(index.graphs.calls(kSecond), 0);
}

TEST(GraphBuilder, AStartGoesOnWithTheDaysThatWerePendingAndOpensNoOther) {
  DaysStore store({kFirst, kSecond}, {kSecond});
  const FixedClock clock;
  {
    ScriptedIndex index({}, {{kSecond, 1}});
    index.graphs.BlockAt(kSecond);
    const GraphBuilder builder(store, index, clock, {.period_ms = 1}, kIdle);
    index.graphs.WaitForCalls(kSecond, 1);
  }
  EXPECT_EQ(PendingDays(store), std::vector{FormatDay(kSecond)});
  store.SealEverything();
  ScriptedIndex index({}, {{kFirst, 1}, {kSecond, 1}});
  const GraphBuilder builder(store, index, clock, {.period_ms = 1}, kIdle);
  index.graphs.WaitForCalls(kSecond, 3);
  EXPECT_EQ(index.graphs.left(kSecond), 0);
  EXPECT_EQ(index.graphs.calls(kFirst), 0);
}

TEST(GraphBuilder, ADayIsLeftAloneOnceItHasBeenQuietForAWhile) {
  DaysStore store({kFirst, kSecond});
  ScriptedIndex index({}, {{kSecond, 1}});
  SetClock clock;
  const GraphBuilder builder(store, index, clock, {.period_ms = 1, .settle_ms = 5000}, kIdle);
  index.graphs.WaitForCalls(kFirst, 2);
  store.SealEverything();
  clock.Advance(4999);
  index.graphs.WaitForCalls(kFirst, index.graphs.calls(kFirst) + 2);
  EXPECT_EQ(PendingDays(store), (std::vector{FormatDay(kFirst), FormatDay(kSecond)}));
  clock.Advance(1);
  while (builder.GetStats().days_pending > 0) std::this_thread::yield();
  EXPECT_TRUE(PendingDays(store).empty());
  EXPECT_EQ(index.graphs.left(kSecond), 0);
}

TEST(GraphBuilder, AFailureIsTriedAgainAMinuteLaterAndKeepsNoOtherDayWaiting) {
  DaysStore store({kFirst, kSecond});
  ScriptedIndex index({}, {{kFirst, 1}, {kSecond, 1}});
  index.graphs.FailOnceAt(kSecond);
  SetClock clock;
  GraphBuilder builder(store, index, clock, {.period_ms = 1}, kIdle);
  index.graphs.WaitForCalls(kFirst, 5);
  EXPECT_EQ(index.graphs.left(kFirst), 0);
  EXPECT_EQ(index.graphs.calls(kSecond), 1);
  EXPECT_EQ(builder.GetStats().failures, 1u);
  clock.Advance(60'000);
  index.graphs.WaitForCalls(kSecond, 3);
  EXPECT_EQ(index.graphs.left(kSecond), 0);
}

TEST(GraphBuilder, ItsEndCancelsTheGraphAtHand) {
  DaysStore store({kFirst});
  ScriptedIndex index({}, {{kFirst, 1}});
  index.graphs.BlockAt(kFirst);
  const FixedClock clock;
  {
    const GraphBuilder builder(store, index, clock, {.period_ms = 1}, kIdle);
    index.graphs.WaitForCalls(kFirst, 1);
  }
  EXPECT_EQ(index.graphs.left(kFirst), 1);
}

// What a build does once; the test waits for its end.
class OneBuild {
 public:
  void Run(const std::function<void()>& work) {
    if (begun_.exchange(true)) return;
    work();
    const MutexLock lock(mutex_);
    done_ = true;
    changed_.NotifyAll();
  }
  void Wait() {
    const MutexLock lock(mutex_);
    while (!done_) changed_.Wait(mutex_);
  }

 private:
  std::atomic<bool> begun_{false};
  Mutex mutex_;
  ConditionVariable changed_;
  bool done_ SIGHTLINE_GUARDED_BY(mutex_) = false;
};

TEST(GraphBuilder, RestsWhileQuestionsRunSoThatItTakesNoMoreThanItsShare) {
  DaysStore store({kFirst});
  ScriptedIndex index({}, {{kFirst, 1}});
  OneBuild build;
  Steady::duration took{};
  index.while_building = [&](const std::function<void(double)>& pace) {
    build.Run([&] {
      pace(0);
      const Steady::time_point began = Steady::now();
      for (int i = 0; i < 3; ++i) {
        UseProcessor(milliseconds(1));
        pace(0.5);
      }
      took = Steady::now() - began;
    });
  };
  const FixedClock clock;
  const GraphBuilder builder(store, index, clock,
                             {.period_ms = 1, .threads = 2, .busy_share = 0.25},
                             [] { return true; });
  build.Wait();
  // Each of two threads has an eighth of a processor.
  EXPECT_GE(took, milliseconds(3 * 1 * 8));
}

TEST(GraphBuilder, DoesNotRestWhileNothingElseRuns) {
  DaysStore store({kFirst});
  ScriptedIndex index({}, {{kFirst, 1}});
  OneBuild build;
  index.while_building = [&](const std::function<void(double)>& pace) {
    build.Run([&] {
      UseProcessor(milliseconds(2));
      pace(0.5);
    });
  };
  const FixedClock clock;
  // Would rest for minutes.
  const GraphBuilder builder(store, index, clock,
                             {.period_ms = 1, .threads = 1, .busy_share = 1e-5}, kIdle);
  build.Wait();
}

TEST(GraphBuilder, ARestEndsWithTheQuestionsAndWithTheBuilder) {
  DaysStore store({kFirst});
  ScriptedIndex index({}, {{kFirst, 1}});
  OneBuild build;
  std::atomic<int> asked{0};
  index.while_building = [&](const std::function<void(double)>& pace) {
    build.Run([&] {
      UseProcessor(milliseconds(2));
      pace(0.5);
    });
  };
  const FixedClock clock;
  {
    const GraphBuilder builder(store, index, clock,
                               {.period_ms = 1, .threads = 1, .busy_share = 1e-5},
                               [&] { return ++asked <= 3; });
    build.Wait();
    EXPECT_GE(asked, 4);
  }
  OneBuild cut_short;
  index.while_building = [&](const std::function<void(double)>& pace) {
    cut_short.Run([&] {
      UseProcessor(milliseconds(2));
      pace(0.5);
    });
  };
  const int calls = index.graphs.calls(kFirst);
  {
    std::atomic<bool> resting{false};
    const GraphBuilder builder(store, index, clock,
                               {.period_ms = 1, .threads = 1, .busy_share = 1e-5}, [&] {
                                 resting = true;
                                 return true;
                               });
    while (!resting) std::this_thread::yield();
  }
  EXPECT_EQ(index.graphs.calls(kFirst), calls + 1);
}

TEST(LoadGauge, SightingsThatArriveKeepItBusyForAMoment) {
  testing::MemoryStore store;
  LoadGauge gauge(store, kIdle);
  EXPECT_FALSE(gauge.IsBusy());
  Sighting sighting;
  sighting.camera_id = "K";
  sighting.time = kNow;
  std::vector<storage::EncodedSighting> batch = {store.Encode(sighting, 1, kNow, 1)};
  ASSERT_TRUE(store.Append(batch));
  EXPECT_TRUE(gauge.IsBusy());
  EXPECT_TRUE(gauge.IsBusy()) << "the next batch may be on its way";
}

TEST(BuildAllGraphs, BuildsWhatIsMissingAtOnceAndTellsHowFarItIs) {
  DaysStore store({kFirst, kSecond}, {});
  ScriptedIndex index({}, {{kFirst, 2}, {kSecond, 1}});
  index.while_building = [](const std::function<void(double)>& pace) { pace(0.25); };
  const FixedClock clock;
  std::vector<std::pair<Day, size_t>> seen;
  const auto note = [&](const GraphProgress& progress) {
    EXPECT_EQ(progress.share, 0.25);
    seen.emplace_back(progress.day, progress.graphs_built);
  };
  ASSERT_TRUE(BuildAllGraphs(store, index, clock, 0, note, Cancellation()));
  EXPECT_TRUE(index.graphs.forced());
  EXPECT_EQ(index.graphs.left(kFirst), 0);
  EXPECT_EQ(index.graphs.left(kSecond), 0);
  const std::vector<std::pair<Day, size_t>> expected = {
      {kFirst, 0}, {kFirst, 1}, {kFirst, 2}, {kSecond, 2}, {kSecond, 3}};
  EXPECT_EQ(seen, expected);
}

TEST(BuildAllGraphs, WhatItLeavesIsFoundByABuilder) {
  DaysStore store({kFirst, kSecond}, {});
  const FixedClock clock;
  ScriptedIndex index({{kFirst, 1}, {kSecond, 1}}, {{kFirst, 1}, {kSecond, 2}});
  ASSERT_TRUE(SealAll(store, index, clock, Cancellation()));
  EXPECT_EQ(PendingDays(store), (std::vector{FormatDay(kFirst), FormatDay(kSecond)}));
  index.graphs.FailOnceAt(kSecond);
  ASSERT_FALSE(BuildAllGraphs(store, index, clock, 1, nullptr, Cancellation()));
  EXPECT_EQ(PendingDays(store), std::vector{FormatDay(kSecond)});
  const GraphBuilder builder(store, index, clock, {.period_ms = 1}, kIdle);
  index.graphs.WaitForCalls(kSecond, 4);
  EXPECT_EQ(index.graphs.left(kSecond), 0);
}

TEST(BuildAllGraphs, StopsAtTheFirstError) {
  DaysStore store({kFirst, kSecond}, {});
  ScriptedIndex index({}, {{kFirst, 1}, {kSecond, 1}});
  index.graphs.FailOnceAt(kFirst);
  const FixedClock clock;
  const Status built = BuildAllGraphs(store, index, clock, 1, nullptr, Cancellation());
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().message, "no such disk");
  EXPECT_EQ(index.graphs.calls(kSecond), 0);
}

}  // namespace
}  // namespace sightline::ingest
