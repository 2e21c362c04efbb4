#include "ingest/ingestor.h"

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <utility>
#include <vector>

#include "core/mutex.h"
#include "tests/support/memory_store.h"
#include "tests/unit/ingest/fixed_clock.h"

namespace sightline::ingest {
namespace {

// A store whose Append can be held back and made to fail.
class GatedStore final : public testing::MemoryStore {
 public:
  Result<storage::AppendResult> Append(std::span<storage::EncodedSighting> batch) override {
    {
      MutexLock lock(mutex_);
      ++appends_;
      changed_.NotifyAll();
      while (closed_) changed_.Wait(mutex_);
      if (failure_) return *failure_;
      for (const storage::EncodedSighting& row : batch) {
        if (row.day == damaged_) return Error{ErrorCode::kCorruption, "the day is set aside", {}};
      }
    }
    return testing::MemoryStore::Append(batch);
  }

  void CloseGate() {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  void OpenGate() {
    MutexLock lock(mutex_);
    closed_ = false;
    changed_.NotifyAll();
  }
  void FailWith(Error error) {
    MutexLock lock(mutex_);
    failure_ = std::move(error);
  }
  void SetDamaged(Day day) {
    MutexLock lock(mutex_);
    damaged_ = day;
  }
  void WaitForAppends(int appends) {
    MutexLock lock(mutex_);
    while (appends_ < appends) changed_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  ConditionVariable changed_;
  bool closed_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  int appends_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  std::optional<Error> failure_ SIGHTLINE_GUARDED_BY(mutex_);
  std::optional<Day> damaged_ SIGHTLINE_GUARDED_BY(mutex_);
};

class IngestorTest : public ::testing::Test {
 protected:
  static IncomingSighting Reading(std::string camera, std::string plate, TimestampMs time = kNow) {
    IncomingSighting incoming;
    incoming.line = 1;
    incoming.sighting.camera_id = std::move(camera);
    incoming.sighting.plate = plate;
    incoming.sighting.plate_read = std::move(plate);
    incoming.sighting.time = time;
    return incoming;
  }

  void KnowCamera(const std::string& id, std::optional<Position> location = Position{116.3, 39.9}) {
    const Camera camera{.id = id, .location = location};
    ASSERT_TRUE(store_.PutCameras(std::span(&camera, 1)).has_value());
  }

  std::future<Result<BatchOutcome>> Start(Ingestor& ingestor, std::vector<IncomingSighting> batch) {
    auto promise = std::make_shared<std::promise<Result<BatchOutcome>>>();
    auto future = promise->get_future();
    const Status taken = ingestor.Submit(batch, [promise](Result<BatchOutcome> outcome) {
      promise->set_value(std::move(outcome));
    });
    if (!taken) promise->set_value(taken.error());
    return future;
  }

  Result<BatchOutcome> Submit(std::vector<IncomingSighting> batch) {
    Ingestor ingestor(store_, clock_, options_);
    return Start(ingestor, std::move(batch)).get();
  }

  FixedClock clock_;
  GatedStore store_;
  IngestOptions options_;
};

TEST_F(IngestorTest, RefusesVectorsOfNoSpaceWithTheirLine) {
  KnowCamera("K-1");
  ASSERT_TRUE(store_.PutSpace({.name = "face", .bytes = 128, .element = VectorElement::kF32}));
  const std::string infinite("\x00\x00\x80\x7f", 4);
  struct Case {
    AppearanceVector vector;
    bool is_good;
  };
  const std::vector<Case> cases = {{{"vehicle", std::string(128, 'v')}, true},
                                   {{"vehicle", std::string(127, 'v')}, false},
                                   {{"none", std::string(128, 'v')}, false},
                                   {{"face", std::string(128, '\0')}, true},
                                   {{"face", std::string(124, '\0') + infinite}, false}};
  std::vector<IncomingSighting> batch;
  for (const Case& one : cases) {
    batch.push_back(Reading("K-1", "A" + std::to_string(batch.size())));
    batch.back().line = batch.size();
    batch.back().sighting.vectors = {one.vector};
  }
  // Makes no camera known, since it is not stored.
  batch.push_back(batch[1]);
  batch.back().line = batch.size();
  batch.back().sighting.camera_id = "M-9";
  batch.back().sighting.location = Position{116.3, 39.9};
  // And one that is refused for another reason before it, so that lines stay in order.
  batch[0].sighting.camera_id = "unknown";

  const auto outcome = Submit(batch);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, 1u);
  std::vector<uint64_t> lines;
  for (const RowError& row : outcome->rejected) {
    lines.push_back(row.line);
    EXPECT_EQ(row.error.code, ErrorCode::kInvalidArgument);
    if (row.line == 1) continue;
    EXPECT_EQ(row.error.field, "/vectors/" + batch[row.line - 1].sighting.vectors[0].space);
  }
  EXPECT_EQ(lines, (std::vector<uint64_t>{1, 2, 3, 5, 6}));
  EXPECT_EQ(store_.FindCamera("M-9"), nullptr);
}

TEST_F(IngestorTest, ResendingASightingCountsItOnce) {
  KnowCamera("K-1");
  const auto first = Submit({Reading("K-1", "A1"), Reading("K-1", "A2")});
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->accepted, 2u);
  EXPECT_EQ(first->duplicates, 0u);
  const auto again = Submit({Reading("K-1", "A2"), Reading("K-1", "A3"), Reading("K-1", "A3")});
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->accepted, 1u);
  EXPECT_EQ(again->duplicates, 2u);
  EXPECT_EQ(again->ids[0], first->ids[1]);
  EXPECT_EQ(again->ids[1], again->ids[2]);
}

TEST_F(IngestorTest, UnreadPlatesWithoutASourceIdAreNeverMerged) {
  KnowCamera("K-1");
  const auto outcome = Submit({Reading("K-1", ""), Reading("K-1", "")});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, 2u);
  EXPECT_NE(outcome->ids[0], outcome->ids[1]);
}

TEST_F(IngestorTest, ASightingTakesItsCamerasPlaceUnlessItHasItsOwn) {
  KnowCamera("K-1", Position{116.3, 39.9});
  IncomingSighting placed = Reading("K-1", "A2");
  placed.sighting.location = Position{1, 2};
  const auto outcome = Submit({Reading("K-1", "A1"), placed});
  ASSERT_TRUE(outcome.has_value());
  const Sequence as_of = store_.VisibleSequence();
  EXPECT_EQ(store_.GetSighting(outcome->ids[0], as_of)->sighting.location, (Position{116.3, 39.9}));
  EXPECT_EQ(store_.GetSighting(outcome->ids[1], as_of)->sighting.location, (Position{1, 2}));
}

TEST_F(IngestorTest, AnUnknownCameraNeedsALocationAndIsThenKnownAsMobile) {
  IncomingSighting placed = Reading("P-7", "A1");
  placed.line = 8;
  placed.sighting.location = Position{1, 2};
  IncomingSighting lost = Reading("P-8", "A2");
  lost.line = 9;
  const auto outcome = Submit({placed, lost});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, 1u);
  ASSERT_EQ(outcome->rejected.size(), 1u);
  EXPECT_EQ(outcome->rejected[0].line, 9u);
  EXPECT_EQ(outcome->rejected[0].error.field, "/camera_id");
  ASSERT_NE(store_.FindCamera("P-7"), nullptr);
  EXPECT_EQ(store_.FindCamera("P-7")->camera().kind, CameraKind::kMobile);
  EXPECT_EQ(store_.FindCamera("P-7")->camera().location, std::nullopt);
  EXPECT_EQ(store_.FindCamera("P-8"), nullptr);
  // Known from now on, so a reading without a place is welcome.
  EXPECT_EQ(Submit({Reading("P-7", "A3")})->accepted, 1u);
}

TEST_F(IngestorTest, TimesFurtherAheadThanTheSkewAreRefused) {
  KnowCamera("K-1");
  options_.max_future_skew_s = 60;
  const auto outcome = Submit({Reading("K-1", "A1", kNow + 60'000), Reading("K-1", "A1", kNow + 60'001),
                               Reading("K-1", "A1", TimestampMs{0})});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, 2u);
  ASSERT_EQ(outcome->rejected.size(), 1u);
  EXPECT_EQ(outcome->rejected[0].error.field, "/time");
  EXPECT_NE(outcome->rejected[0].error.message.find("max_future_skew_s"), std::string::npos);
}

TEST_F(IngestorTest, AReadingTooFarAheadMakesNoCameraKnown) {
  IncomingSighting early = Reading("P-9", "A1", kNow + 7'200'000);
  early.sighting.location = Position{1, 2};
  EXPECT_EQ(Submit({early})->rejected.size(), 1u);
  EXPECT_EQ(store_.FindCamera("P-9"), nullptr);
}

TEST_F(IngestorTest, RequestsThatWaitTogetherAreCommittedTogether) {
  KnowCamera("K-1");
  store_.CloseGate();
  Ingestor ingestor(store_, clock_, options_);
  std::vector<std::future<Result<BatchOutcome>>> outcomes;
  outcomes.push_back(Start(ingestor, {Reading("K-1", "A0")}));
  store_.WaitForAppends(1);  // the committer is inside the store with the first request
  for (int i = 1; i <= 100; ++i) {
    outcomes.push_back(Start(ingestor, {Reading("K-1", "A" + std::to_string(i))}));
  }
  store_.OpenGate();
  for (auto& outcome : outcomes) EXPECT_EQ(outcome.get()->accepted, 1u);
  EXPECT_EQ(ingestor.GetStats().commits, 2u);
  EXPECT_EQ(ingestor.GetStats().accepted, 101u);
  EXPECT_EQ(ingestor.GetStats().queued_rows, 0u);
}

TEST_F(IngestorTest, AFullQueueLeavesTheBatchWithItsCaller) {
  KnowCamera("K-1");
  options_.max_queued_rows = 2;
  store_.CloseGate();
  Ingestor ingestor(store_, clock_, options_);
  auto first = Start(ingestor, {Reading("K-1", "A1"), Reading("K-1", "A2")});
  std::vector<IncomingSighting> third = {Reading("K-1", "A3")};
  const Status refused = ingestor.Submit(third, [](const Result<BatchOutcome>&) { FAIL(); });
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  ASSERT_EQ(third.size(), 1u);
  store_.OpenGate();
  EXPECT_EQ(first.get()->accepted, 2u);
  EXPECT_EQ(Start(ingestor, third).get()->accepted, 1u);
}

TEST_F(IngestorTest, ADamagedDayFailsOnlyTheRequestsThatBringItRows) {
  KnowCamera("K-1");
  store_.CloseGate();
  store_.SetDamaged(DayOf(kNow - kMillisecondsPerDay));
  Ingestor ingestor(store_, clock_, options_);
  auto held = Start(ingestor, {Reading("K-1", "A0")});
  store_.WaitForAppends(1);
  auto good = Start(ingestor, {Reading("K-1", "A1")});
  auto bad = Start(ingestor, {Reading("K-1", "A2", kNow - kMillisecondsPerDay)});
  auto also_good = Start(ingestor, {Reading("K-1", "A3"), Reading("K-1", "A4")});
  store_.OpenGate();
  EXPECT_EQ(held.get()->accepted, 1u);
  EXPECT_EQ(good.get()->accepted, 1u);
  EXPECT_EQ(bad.get().error().code, ErrorCode::kCorruption);
  EXPECT_EQ(also_good.get()->accepted, 2u);
  EXPECT_EQ(ingestor.GetStats().accepted, 4u);
}

TEST_F(IngestorTest, AStorageErrorReachesEveryRequestOfTheGroup) {
  KnowCamera("K-1");
  store_.FailWith({ErrorCode::kNoSpace, "the disk is full", {}});
  Ingestor ingestor(store_, clock_, options_);
  auto one = Start(ingestor, {Reading("K-1", "A1")});
  auto two = Start(ingestor, {Reading("K-1", "A2")});
  EXPECT_EQ(one.get().error().code, ErrorCode::kNoSpace);
  EXPECT_EQ(two.get().error().code, ErrorCode::kNoSpace);
  EXPECT_EQ(ingestor.GetStats().queued_rows, 0u);
}

TEST_F(IngestorTest, WhatIsQueuedIsCommittedBeforeTheEnd) {
  KnowCamera("K-1");
  std::future<Result<BatchOutcome>> outcome;
  {
    Ingestor ingestor(store_, clock_, options_);
    outcome = Start(ingestor, {Reading("K-1", "A1")});
  }
  EXPECT_EQ(outcome.get()->accepted, 1u);
}

}  // namespace
}  // namespace sightline::ingest
