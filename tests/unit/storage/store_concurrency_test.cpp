// Readers beside the writer see everything up to the visible sequence, and no less.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "storage/store.h"
#include "tests/unit/storage/store_fixture.h"

namespace sightline::storage {
namespace {

constexpr int kBatches = 60;
constexpr int kRows = 100;
constexpr uint16_t kDays = 20;

uint64_t PlatesCounted(Store& store, Sequence as_of) {
  uint64_t count = 0;
  store.VisitPlates("", "", as_of, [&count](const PlateSummary& plate) {
    count += plate.count;
    return true;
  }).value();
  return count;
}

TEST(StoreConcurrency, ReadersSeeEveryRowUpToTheVisibleSequence) {
  const TemporaryDirectory directory;
  const SetClock clock{kDay.start()};
  const auto store = OpenStore(directory.path(), clock, {.max_open_days = 5, .inbox_rows = 50});
  const Sequence base = store->VisibleSequence();
  std::atomic<bool> done = false;
  std::atomic<int> rounds = 0;

  std::thread writer([&] {
    for (int batch = 0; batch < kBatches; ++batch) {
      std::vector<Sighting> sightings;
      for (int i = 0; i < kRows; ++i) {
        // Half go to one day directly, the others wait in the inbox first.
        const auto back = static_cast<uint16_t>(i % 2 == 0 ? 0 : 1 + i % (kDays - 1));
        sightings.push_back(Seen(fmt::format("P{}", i % 7), "K1",
                                 Day{static_cast<uint16_t>(kDay.number - back)},
                                 batch * kRows + i));
      }
      ASSERT_EQ(Accepted(Append(*store, clock, sightings).value()), size_t{kRows});
    }
    done = true;
  });
  const auto read = [&](auto count) {
    // Once more after the last append.
    for (bool last = false; !last;) {
      last = done;
      const Sequence as_of = store->VisibleSequence();
      EXPECT_EQ(count(as_of), as_of - base);
      ++rounds;
    }
  };
  std::thread rows([&] { read([&](Sequence as_of) { return AllRows(*store, as_of).size(); }); });
  std::thread plates([&] { read([&](Sequence as_of) { return PlatesCounted(*store, as_of); }); });
  std::thread stats([&] {
    while (!done) EXPECT_TRUE(store->GetStats().has_value());
  });
  for (std::thread* thread : {&writer, &rows, &plates, &stats}) thread->join();
  EXPECT_GE(rounds, 4);
  EXPECT_EQ(store->GetStats()->sightings, uint64_t{kBatches} * kRows);
}

// What a sealer has taken out of a day's log.
class Sealed {
 public:
  void Take(Store& store) {
    const auto day = store.OpenDay(kDay).value();
    if (day == nullptr) return;
    if (++rounds_ % 10 == 0) {
      store.DropSegments(kDay).value();
      sequences_.clear();
    }
    const uint64_t from = day->sealed_to();
    const auto log = day->ReadLog(from, day->log_end() - from);
    for (const RowVersion& version : log) {
      EXPECT_TRUE(sequences_.insert(version.sequence).second) << "sealed twice";
    }
    store.CommitSegments(kDay, from + log.size(), {}, {}).value();
  }
  const std::set<Sequence>& sequences() const { return sequences_; }

 private:
  int rounds_ = 0;
  std::set<Sequence> sequences_;
};

TEST(StoreConcurrency, CorrectionsAndSealingBesideAppends) {
  const TemporaryDirectory directory;
  const SetClock clock{kDay.start()};
  const auto store = OpenStore(directory.path(), clock);
  const Sequence base = store->VisibleSequence();
  const SightingId first = Append(*store, clock, {Seen("P0", "K1", kDay, 86'399'000)})->ids[0];
  std::atomic<bool> done = false;

  std::thread writer([&] {
    for (int batch = 0; batch < kBatches; ++batch) {
      std::vector<Sighting> sightings;
      for (int i = 0; i < kRows; ++i) {
        sightings.push_back(Seen(fmt::format("P{}", i % 7), "K1", kDay, batch * kRows + i));
      }
      ASSERT_EQ(Accepted(Append(*store, clock, sightings).value()), size_t{kRows});
    }
    done = true;
  });
  int corrections = 0;
  std::thread corrector([&] {
    while (!done) {
      store->Correct(first, {.plate = fmt::format("P{}", ++corrections % 7)}).value();
    }
  });
  Sealed sealed;
  std::thread sealer([&] {
    while (!done) sealed.Take(*store);
  });
  std::thread reader([&] {
    while (!done) {
      const Sequence as_of = store->VisibleSequence();
      const size_t corrected = store->Corrections(as_of + 1, 1'000'000)->size();
      EXPECT_EQ(PlatesCounted(*store, as_of), as_of - base - corrected);
      EXPECT_EQ(AllRows(*store, as_of).size(), as_of - base - corrected);
    }
  });
  for (std::thread* thread : {&writer, &corrector, &sealer, &reader}) thread->join();
  sealed.Take(*store);
  const auto versions = static_cast<size_t>(kBatches * kRows + 1 + corrections);
  EXPECT_EQ(sealed.sequences().size(), versions);
  EXPECT_EQ(*sealed.sequences().begin(), base + 1);
  EXPECT_EQ(*sealed.sequences().rbegin(), base + versions);
  EXPECT_TRUE(store->UnsealedDays().empty());
}

TEST(StoreConcurrency, AuditRecordsOfManyThreadsGetANumberEach) {
  const TemporaryDirectory directory;
  const SetClock clock{kDay.start()};
  const auto store = OpenStore(directory.path(), clock);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        store->AppendAudit(std::vector{fmt::format("{} {}", t, i)}).value();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto records = store->ReadAudit(0, 1000).value();
  ASSERT_EQ(records.size(), 100u);
  for (size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].first, 100 - i);
}

}  // namespace
}  // namespace sightline::storage
