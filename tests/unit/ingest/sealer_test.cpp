#include "ingest/sealer.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "core/mutex.h"
#include "tests/support/memory_store.h"
#include "tests/unit/ingest/fixed_clock.h"

namespace sightline::ingest {
namespace {

class UnsealedStore final : public testing::MemoryStore {
 public:
  explicit UnsealedStore(std::vector<Day> days) : days_(std::move(days)) {}
  std::vector<Day> UnsealedDays() const override { return days_; }
  std::vector<Day> Days() const override { return days_; }

 private:
  const std::vector<Day> days_;
};

// Has so many pieces of work a day, and counts those that were asked for.
class ScriptedIndex final : public index::ColumnIndex {
 public:
  explicit ScriptedIndex(std::map<Day, int> pieces) : pieces_(std::move(pieces)) {}

  Result<std::shared_ptr<const index::DayColumns>> Open(Day, const Cancellation&) override {
    return std::shared_ptr<const index::DayColumns>();
  }
  Result<bool> SealOnce(Day day, TimestampMs now, bool force,
                        const Cancellation& cancellation) override {
    MutexLock lock(mutex_);
    EXPECT_EQ(now, kNow);
    forced_ = force;
    ++calls_[day];
    changed_.NotifyAll();
    if (day == blocked_) {
      while (cancellation.Check()) changed_.WaitFor(mutex_, std::chrono::milliseconds(1));
      return cancellation.Check().error();
    }
    if (day == failing_ && calls_[day] == 1) return Error{ErrorCode::kIo, "no such disk", {}};
    if (pieces_[day] == 0) return false;
    --pieces_[day];
    return true;
  }
  void Forget(Day) override {}
  std::vector<DayStats> GetStats() const override { return {}; }

  void FailOnceAt(Day day) {
    MutexLock lock(mutex_);
    failing_ = day;
  }
  void BlockAt(Day day) {
    MutexLock lock(mutex_);
    blocked_ = day;
  }
  void WaitForCalls(Day day, int calls) {
    MutexLock lock(mutex_);
    while (calls_[day] < calls) changed_.Wait(mutex_);
  }
  int left(Day day) {
    MutexLock lock(mutex_);
    return pieces_[day];
  }
  bool forced() {
    MutexLock lock(mutex_);
    return forced_;
  }

 private:
  Mutex mutex_;
  ConditionVariable changed_;
  std::map<Day, int> pieces_ SIGHTLINE_GUARDED_BY(mutex_);
  std::map<Day, int> calls_ SIGHTLINE_GUARDED_BY(mutex_);
  std::optional<Day> failing_ SIGHTLINE_GUARDED_BY(mutex_);
  std::optional<Day> blocked_ SIGHTLINE_GUARDED_BY(mutex_);
  bool forced_ SIGHTLINE_GUARDED_BY(mutex_) = false;
};

constexpr Day kFirst{100};
constexpr Day kSecond{101};

TEST(Sealer, WorksOnEveryDayUntilNothingIsDue) {
  UnsealedStore store({kFirst, kSecond});
  ScriptedIndex index({{kFirst, 3}, {kSecond, 2}});
  const FixedClock clock;
  Sealer sealer(store, index, clock, {.period_ms = 1});
  index.WaitForCalls(kFirst, 4);
  index.WaitForCalls(kSecond, 3);
  EXPECT_EQ(index.left(kFirst), 0);
  EXPECT_EQ(index.left(kSecond), 0);
  EXPECT_FALSE(index.forced());
}

TEST(Sealer, AFailureKeepsNeitherTheDayNorTheOthersFromBeingSealed) {
  UnsealedStore store({kFirst, kSecond});
  ScriptedIndex index({{kFirst, 1}, {kSecond, 1}});
  index.FailOnceAt(kFirst);
  const FixedClock clock;
  Sealer sealer(store, index, clock, {.period_ms = 1});
  index.WaitForCalls(kSecond, 2);
  index.WaitForCalls(kFirst, 3);
  EXPECT_EQ(index.left(kFirst), 0);
  EXPECT_EQ(sealer.GetStats().failures, 1u);
}

TEST(Sealer, ItsEndCancelsThePieceOfWorkAtHand) {
  UnsealedStore store({kFirst});
  ScriptedIndex index({{kFirst, 1}});
  index.BlockAt(kFirst);
  const FixedClock clock;
  {
    Sealer sealer(store, index, clock, {.period_ms = 1});
    index.WaitForCalls(kFirst, 1);
  }
  EXPECT_EQ(index.left(kFirst), 1);
}

TEST(Sealer, SealAllForcesEverythingAtOnceAndTellsTheFirstError) {
  UnsealedStore store({kFirst, kSecond});
  ScriptedIndex index({{kFirst, 2}, {kSecond, 1}});
  const FixedClock clock;
  index.FailOnceAt(kSecond);
  const Status failed = SealAll(store, index, clock, Cancellation());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "no such disk");
  ASSERT_TRUE(SealAll(store, index, clock, Cancellation()));
  EXPECT_TRUE(index.forced());
  EXPECT_EQ(index.left(kFirst), 0);
  EXPECT_EQ(index.left(kSecond), 0);
}

}  // namespace
}  // namespace sightline::ingest
