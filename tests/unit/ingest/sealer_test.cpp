#include "ingest/sealer.h"

#include <gtest/gtest.h>

#include "tests/unit/ingest/fixed_clock.h"
#include "tests/unit/ingest/scripted_index.h"

namespace sightline::ingest {
namespace {

TEST(Sealer, WorksOnEveryDayUntilNothingIsDue) {
  DaysStore store({kFirst, kSecond});
  ScriptedIndex index({{kFirst, 3}, {kSecond, 2}});
  const FixedClock clock;
  Sealer sealer(store, index, clock, {.period_ms = 1});
  index.seals.WaitForCalls(kFirst, 4);
  index.seals.WaitForCalls(kSecond, 3);
  EXPECT_EQ(index.seals.left(kFirst), 0);
  EXPECT_EQ(index.seals.left(kSecond), 0);
  EXPECT_FALSE(index.seals.forced());
}

TEST(Sealer, AFailureKeepsNeitherTheDayNorTheOthersFromBeingSealed) {
  DaysStore store({kFirst, kSecond});
  ScriptedIndex index({{kFirst, 1}, {kSecond, 1}});
  index.seals.FailOnceAt(kFirst);
  const FixedClock clock;
  Sealer sealer(store, index, clock, {.period_ms = 1});
  index.seals.WaitForCalls(kSecond, 2);
  index.seals.WaitForCalls(kFirst, 3);
  EXPECT_EQ(index.seals.left(kFirst), 0);
  EXPECT_EQ(sealer.GetStats().failures, 1u);
}

TEST(Sealer, ItsEndCancelsThePieceOfWorkAtHand) {
  DaysStore store({kFirst});
  ScriptedIndex index({{kFirst, 1}});
  index.seals.BlockAt(kFirst);
  const FixedClock clock;
  {
    Sealer sealer(store, index, clock, {.period_ms = 1});
    index.seals.WaitForCalls(kFirst, 1);
  }
  EXPECT_EQ(index.seals.left(kFirst), 1);
}

TEST(Sealer, SealAllForcesEverythingAtOnceAndTellsTheFirstError) {
  DaysStore store({kFirst, kSecond});
  ScriptedIndex index({{kFirst, 2}, {kSecond, 1}});
  const FixedClock clock;
  index.seals.FailOnceAt(kSecond);
  const Status failed = SealAll(store, index, clock, Cancellation());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "no such disk");
  ASSERT_TRUE(SealAll(store, index, clock, Cancellation()));
  EXPECT_TRUE(index.seals.forced());
  EXPECT_EQ(index.seals.left(kFirst), 0);
  EXPECT_EQ(index.seals.left(kSecond), 0);
}

}  // namespace
}  // namespace sightline::ingest
