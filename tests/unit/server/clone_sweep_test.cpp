// Sweeps for cloned plates: what they leave in the book, whatever the windows were.
#include "server/clone_sweep.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <random>
#include <thread>

#include "api/clone_json.h"
#include "core/clock.h"
#include "tests/unit/server/parity_clones.h"

namespace sightline::server {
namespace {

constexpr TimestampMs kStart{int64_t{19'786} * kMillisecondsPerDay};
constexpr int kDays = 6;
const Author kAuthor{"0123", "李雷"};

Sighting Reading(const std::string& plate, int camera, TimestampMs time) {
  return {.source_id = plate + std::to_string(time.value),
          .camera_id = "K-" + std::to_string(camera),
          .time = time,
          .plate = plate};
}

// A server's part that sweeps, on a store of its own.
class Sweeper {
 public:
  explicit Sweeper(CloneSweepOptions options = {}) : options_(options) { Open(); }

  void Open() {
    jobs_.reset();
    book_ = *ConflictBook::Open(store_.store(), clock_);
    ledger_ = *SweepLedger::Open(store_.store());
    jobs_ = *JobBook::Open(store_.store(), clock_, {});
    jobs_->Start({{std::string(kCloneSweep), [this](JobRun& run) {
                     return CloneSweep(store_.store(), clock_, analysis_, *book_, *ledger_,
                                       options_)
                         .Run(run);
                   }}});
  }

  void Add(const std::vector<Sighting>& sightings) { store_.Add(sightings); }

  std::string Sweep(const Interval& window) {
    const auto job = jobs_->Add(kCloneSweep, api::WriteSweep(window), kAuthor);
    for (;;) {
      const auto at = *jobs_->Find((*job)->id);
      if (!at->has_ended()) {
        std::this_thread::yield();
        continue;
      }
      EXPECT_EQ(at->status, JobStatus::kDone) << (at->error ? at->error->message : "");
      return at->result;
    }
  }

  std::map<std::string, query::Conflict> Conflicts() {
    std::map<std::string, query::Conflict> conflicts;
    for (const auto& summary : book_->List({.as_of = std::numeric_limits<Sequence>::max()})) {
      const auto record = book_->Find(summary->id);
      conflicts.emplace(summary->plate, record->conflict);
    }
    return conflicts;
  }

  testing::FilledStore store_{testing::StoreKind::kMemory};
  SystemClock clock_;
  ParityClones analysis_{store_};
  const CloneSweepOptions options_;
  std::unique_ptr<ConflictBook> book_;
  std::unique_ptr<SweepLedger> ledger_;
  std::unique_ptr<JobBook> jobs_;
};

std::vector<Sighting> RandomReadings(std::mt19937& random, int count) {
  std::vector<Sighting> readings;
  for (int i = 0; i < count; ++i) {
    const std::string plate = "A" + std::to_string(random() % 60);
    const TimestampMs time =
        kStart + static_cast<int64_t>(random() % (kDays * kMillisecondsPerDay));
    readings.push_back(Reading(plate, 1 + 2 * static_cast<int>(random() % 3), time));
    // Now and then one in the other town, half a minute later: often across a cut.
    if (random() % 20 == 0) readings.push_back(Reading(plate, 2, time + 30'000));
  }
  return readings;
}

Interval Whole() { return {kStart, kStart + kDays * kMillisecondsPerDay}; }

std::vector<Interval> RandomSplit(std::mt19937& random) {
  std::vector<TimestampMs> cuts = {Whole().from, Whole().to};
  for (int i = 0; i < 6; ++i) {
    cuts.push_back(kStart + static_cast<int64_t>(random() % (kDays * kMillisecondsPerDay)));
  }
  std::ranges::sort(cuts);
  std::vector<Interval> windows;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    if (cuts[i] < cuts[i + 1]) windows.push_back({cuts[i], cuts[i + 1]});
  }
  return windows;
}

TEST(CloneSweep, WindowByWindowGivesWhatTheWholeGives) {
  for (uint32_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const std::vector<Sighting> readings = RandomReadings(random, 400);
    Sweeper whole;
    whole.Add(readings);
    whole.Sweep(Whole());
    ASSERT_GT(whole.Conflicts().size(), 5u);
    for (const double lookback : {0.0, 1.0, 7.0}) {
      Sweeper parts({.lookback_days = lookback});
      parts.Add(readings);
      std::vector<Interval> windows = RandomSplit(random);
      if (seed % 2 == 0) std::ranges::shuffle(windows, random);
      for (const Interval& window : windows) parts.Sweep(window);
      EXPECT_EQ(parts.Conflicts(), whole.Conflicts()) << "lookback " << lookback;
    }
  }
}

TEST(CloneSweep, ReadingsThatCameLateAreSweptAgain) {
  std::mt19937 random(7);
  std::vector<Sighting> readings = RandomReadings(random, 300);
  const auto late_from = std::ranges::partition(
      readings, [&](const Sighting&) { return random() % 10 != 0; });
  const std::vector<Sighting> late(late_from.begin(), late_from.end());
  Sweeper whole;
  whole.Add(readings);
  whole.Sweep(Whole());
  readings.erase(late_from.begin(), readings.end());
  Sweeper parts({.lookback_days = 0});
  parts.Add(readings);
  const TimestampMs last_day = Whole().to - kMillisecondsPerDay;
  parts.Sweep({Whole().from, last_day});
  parts.Add(late);
  parts.Sweep({last_day, Whole().to});
  EXPECT_EQ(parts.Conflicts(), whole.Conflicts());
}

TEST(CloneSweep, WhatIsLeftOfNothingGoesUnlessItWasJudged) {
  Sweeper sweeper;
  sweeper.Add({Reading("A1", 1, kStart), Reading("A1", 2, kStart + 1000)});
  sweeper.Add({Reading("A2", 1, kStart), Reading("A2", 2, kStart + 2000)});
  sweeper.Sweep(Whole());
  ASSERT_EQ(sweeper.Conflicts().size(), 2u);
  ASSERT_TRUE(sweeper.book_->SetVerdict(ConflictIdOf("A2"),
                                        {.status = ConflictStatus::kDismissed}, kAuthor));
  for (const StoredSighting& row :
       sweeper.store_.Accepted(sweeper.store_.store().VisibleSequence())) {
    if (row.sighting.camera_id == "K-2") sweeper.store_.Correct(row.id, {.plate = "B1"});
  }
  sweeper.Sweep(Whole());
  EXPECT_EQ(sweeper.Conflicts().size(), 1u);
  const auto kept = sweeper.book_->Find(ConflictIdOf("A2"));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->status(), ConflictStatus::kDismissed);
}

TEST(CloneSweep, AVerdictOutlivesSweepsAndRestarts) {
  Sweeper sweeper;
  sweeper.Add({Reading("A1", 1, kStart), Reading("A1", 2, kStart + 1000)});
  sweeper.Sweep({kStart, kStart + kMillisecondsPerDay});
  const auto found = *sweeper.book_->Find(ConflictIdOf("A1"));
  EXPECT_TRUE(found.conflict.vehicles[0].likely_genuine);
  const SightingId second = found.conflict.vehicles[1].sightings.front();
  const auto judged = sweeper.book_->SetVerdict(
      found.id,
      {.status = ConflictStatus::kConfirmed,
       .note = "seen",
       .vehicles = std::vector<VehicleWord>{{.sighting = second, .genuine = true}}},
      kAuthor);
  ASSERT_TRUE(judged) << judged.error().message;
  EXPECT_EQ(judged->conflict.vehicles.front().sightings.front(), second);
  EXPECT_FALSE(judged->last_fake);
  sweeper.Open();
  // The fake is read again.
  const TimestampMs again = kStart + kMillisecondsPerDay + 5;
  sweeper.Add({Reading("A1", 3, again)});
  sweeper.Sweep({kStart + kMillisecondsPerDay, kStart + 2 * kMillisecondsPerDay});
  const auto kept = *sweeper.book_->Find(found.id);
  EXPECT_EQ(kept.verdict->note, "seen");
  EXPECT_EQ(kept.status(), ConflictStatus::kConfirmed);
  ASSERT_EQ(kept.conflict.vehicles.size(), 2u);
  EXPECT_EQ(kept.conflict.vehicles.front().sightings.front(), second);
  EXPECT_TRUE(kept.conflict.vehicles.front().likely_genuine);
  EXPECT_FALSE(kept.conflict.vehicles.back().likely_genuine);
  ASSERT_TRUE(kept.last_fake);
  EXPECT_EQ(kept.last_fake->sighting.time, again);
  EXPECT_EQ(kept.last_fake->camera_id, "K-3");
  EXPECT_EQ(kept.number, found.number);
}

TEST(CloneSweep, AJobThatWasCutShortSeesWhatItSawAtFirst) {
  Sweeper sweeper;
  sweeper.Add({Reading("A1", 1, kStart), Reading("A1", 2, kStart + 1000)});
  sweeper.Sweep(Whole());
  const std::string first = sweeper.jobs_->List().front()->state;
  ASSERT_FALSE(first.empty());
  // Run again from that state, as after a kill, with more stored meanwhile.
  sweeper.Add({Reading("A9", 1, kStart), Reading("A9", 2, kStart + 1000)});
  sweeper.jobs_.reset();
  JobRecord cut{.id = "11112222333344445555666677778888",
                .kind = std::string(kCloneSweep),
                .status = JobStatus::kRunning,
                .number = 2,
                .question = api::WriteSweep(Whole()),
                .state = first,
                .created = kStart,
                .created_by = kAuthor,
                .started = kStart};
  ASSERT_TRUE(sweeper.store_.store().PutEntry("jobs", cut.id, EncodeJob(cut)));
  sweeper.Open();
  while (!(*sweeper.jobs_->Find(cut.id))->has_ended()) std::this_thread::yield();
  EXPECT_EQ((*sweeper.jobs_->Find(cut.id))->status, JobStatus::kDone);
  EXPECT_EQ(sweeper.Conflicts().size(), 1u);
}

}  // namespace
}  // namespace sightline::server
