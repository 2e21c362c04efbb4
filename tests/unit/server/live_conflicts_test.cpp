// The check while sightings arrive.
#include "server/live_conflicts.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <memory>
#include <thread>

#include "core/clock.h"
#include "server/last_readings.h"
#include "tests/unit/server/parity_clones.h"

namespace sightline::server {
namespace {

constexpr TimestampMs kStart{int64_t{19'786} * kMillisecondsPerDay};

class LiveConflictsTest : public ::testing::Test {
 protected:
  LiveConflictsTest() {
    book_ = *ConflictBook::Open(store_.store(), clock_);
    ledger_ = *SweepLedger::Open(store_.store());
  }

  void Start() {
    live_ = std::make_unique<LiveConflicts>(store_.store(), analysis_, *book_, *ledger_,
                                            LiveCheckOptions{.plates = 1000});
  }

  // Stores a reading, and tells of it as ingest does. Odd cameras stand at 114°, even ones at 115°.
  void Read(const std::string& plate, int camera, TimestampMs time, bool is_told = true) {
    const Position place{camera % 2 == 1 ? 114.0 : 115.0, 22.5};
    const auto added = store_.Add({Sighting{.source_id = plate + std::to_string(time.value),
                                            .camera_id = "K-" + std::to_string(camera),
                                            .time = time,
                                            .plate = plate,
                                            .location = place}});
    if (!is_told) return;
    ingest::CommittedReading told{
        .plate = plate,
        .time = time,
        .camera_number = store_.store().FindCamera("K-" + std::to_string(camera))->number,
        .identity_hash = added.ids.front().identity_hash,
        .place = place};
    live_->Offer({&told, 1});
  }

  // The conflict once `holds` of it; gives up after a while.
  template <typename Condition>
  bool Await(const std::string& plate, Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
      const auto record = book_->Find(ConflictIdOf(plate));
      if (record && holds(*record)) return true;
      std::this_thread::yield();
    }
    return false;
  }
  bool AwaitConflict(const std::string& plate) {
    return Await(plate, [](const ConflictRecord&) { return true; });
  }

  testing::FilledStore store_{testing::StoreKind::kMemory};
  SystemClock clock_;
  ParityClones analysis_{store_};
  std::unique_ptr<ConflictBook> book_;
  std::unique_ptr<SweepLedger> ledger_;
  std::unique_ptr<LiveConflicts> live_;
};

TEST_F(LiveConflictsTest, RaisesTheSecondReading) {
  Start();
  Read("A1", 1, kStart);
  Read("A1", 2, kStart + 30'000);
  Read("A2", 1, kStart);
  Read("A2", 1, kStart + 30'000);
  ASSERT_TRUE(AwaitConflict("A1"));
  EXPECT_EQ(book_->FindPlate("A2"), nullptr);
  const auto record = *book_->Find(ConflictIdOf("A1"));
  EXPECT_EQ(record.found_by, "");
  EXPECT_EQ(record.spans, (std::vector<Interval>{{kStart, kStart + 30'001}}));
}

TEST_F(LiveConflictsTest, FindsOneThatComesOutOfOrder) {
  Start();
  for (int step = 0; step < 5; ++step) Read("A1", 1, kStart + step * 3'600'000);
  Read("A1", 2, kStart + 3'600'000 + 30'000);
  EXPECT_TRUE(AwaitConflict("A1"));
}

TEST_F(LiveConflictsTest, KnowsWhatWasReadBeforeTheStart) {
  store_.store().PutCameras({}).value();
  Read("A1", 1, kStart, /*is_told=*/false);
  Start();
  Read("A1", 2, kStart + 30'000);
  EXPECT_TRUE(AwaitConflict("A1"));
}

TEST_F(LiveConflictsTest, NamesAConfirmedFakeAtOnce) {
  Start();
  Read("A1", 1, kStart);
  Read("A1", 2, kStart + 30'000);
  ASSERT_TRUE(AwaitConflict("A1"));
  ASSERT_TRUE(book_->SetVerdict(ConflictIdOf("A1"), {.status = ConflictStatus::kConfirmed},
                                {"0123", "李雷"}));
  // Hours later: it excludes nothing.
  const TimestampMs again = kStart + 8 * 3'600'000;
  Read("A1", 2, again);
  EXPECT_TRUE(Await("A1", [&](const ConflictRecord& record) {
    return record.last_fake && record.last_fake->sighting.time == again;
  }));
  // The genuine one is not named.
  Read("A1", 1, again + 3'600'000);
  EXPECT_TRUE(Await("A1", [&](const ConflictRecord& record) {
    return record.conflict.vehicles.front().sightings.size() == 2;
  }));
  EXPECT_EQ(book_->Find(ConflictIdOf("A1"))->last_fake->sighting.time, again);
}

TEST_F(LiveConflictsTest, ACorrectionTakesAConflictBack) {
  Start();
  Read("A1", 1, kStart);
  Read("A1", 2, kStart + 30'000);
  ASSERT_TRUE(AwaitConflict("A1"));
  const auto record = *book_->Find(ConflictIdOf("A1"));
  store_.Correct(record.conflict.evidence.front().b, {.plate = "B1"});
  live_->Recheck("A1");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (book_->FindPlate("A1") != nullptr && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(book_->FindPlate("A1"), nullptr);
}

TEST(LastReadings, KeepsTheLatestOfEachPlateInBoundedMemory) {
  LastReadings last(64);
  for (int round = 0; round < 3; ++round) {
    for (int plate = 0; plate < 1'000; ++plate) {
      last.Keep("P" + std::to_string(plate),
                {.time = kStart + round * 1'000'000 + plate, .camera_number = 7});
    }
  }
  last.Keep("P999", {.time = kStart});  // late: the later one stays
  EXPECT_EQ(last.Find("P999")->time, kStart + 2'000'999);
  EXPECT_FALSE(last.Find("P999")->place);
  int kept = 0;
  for (int plate = 0; plate < 1'000; ++plate) kept += last.Find("P" + std::to_string(plate)) ? 1 : 0;
  EXPECT_LE(kept, 64);
  EXPECT_GT(kept, 32);
}

}  // namespace
}  // namespace sightline::server
