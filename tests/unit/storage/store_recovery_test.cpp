// What a start finds after a crash, a loss or damage.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "storage/plate_dictionary.h"
#include "storage/store.h"
#include "tests/unit/storage/store_fixture.h"

namespace sightline::storage {
namespace {

namespace fs = std::filesystem;

constexpr Day kNextDay{kDay.number + 1};

class StoreRecovery : public ::testing::Test {
 protected:
  fs::path Live() const { return directory_.path() / "live"; }
  fs::path Copy() const { return directory_.path() / "copy"; }

  // The only file with the extension in the day's directory.
  static fs::path OnlyFile(const fs::path& data, Day day, std::string_view extension) {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(data / "days" / FormatDay(day))) {
      if (entry.path().extension() == extension && entry.file_size() > 0) {
        EXPECT_TRUE(found.empty()) << entry.path() << " beside " << found;
        found = entry.path();
      }
    }
    EXPECT_FALSE(found.empty());
    return found;
  }

  TemporaryDirectory directory_;
  SetClock clock_{kDay.start()};
};

TEST_F(StoreRecovery, WhatWasAcknowledgedSurvivesAKill) {
  const auto store = OpenStore(Live(), clock_);
  Sequence last = 0;
  for (int i = 0; i < 20; ++i) {
    const Sighting direct = Seen(fmt::format("D{}", i), "K1", kDay, i);
    last = Append(*store, clock_, {direct})->last_sequence;
  }
  std::vector<Sighting> scattered;
  for (uint16_t i = 0; i < 30; ++i) {
    scattered.push_back(Seen("S", "K1", Day{static_cast<uint16_t>(1000 + i)}, i));
  }
  last = Append(*store, clock_, scattered)->last_sequence;
  CopyLive(Live(), Copy());

  const auto killed = OpenStore(Copy(), clock_);
  EXPECT_GE(killed->VisibleSequence(), last);
  EXPECT_EQ(AllRows(*killed, killed->VisibleSequence()), AllRows(*store, last));
  EXPECT_EQ(PlateCounts(*killed, killed->VisibleSequence()), PlateCounts(*store, last));
  EXPECT_EQ(killed->GetStats()->sightings, 50u);
  EXPECT_TRUE(killed->GetStats()->losses.empty());
  EXPECT_GT(Append(*killed, clock_, {Seen("N", "K1", kDay, 99)})->last_sequence, last);
}

TEST_F(StoreRecovery, ARowBothInTheInboxAndInItsDayIsThereOnce) {
  std::vector<Sighting> scattered;
  for (uint16_t i = 0; i < 10; ++i) {
    scattered.push_back(Seen("S", "K1", Day{static_cast<uint16_t>(kDay.number - i)}, i));
  }
  auto store = OpenStore(Live(), clock_);
  ASSERT_EQ(Accepted(*Append(*store, clock_, scattered)), 10u);
  CopyLive(Live(), Copy());
  // The rows reach their days; then the inbox is as it was before, as after a crash between the two.
  for (const Day day : store->Days()) ASSERT_TRUE(store->OpenDay(day).has_value());
  store.reset();
  for (const bool counted : {true, false}) {
    fs::remove_all(Live() / "inbox");
    fs::copy(Copy() / "inbox", Live() / "inbox", fs::copy_options::recursive);
    if (!counted) fs::remove_all(Live() / "plates");
    store = OpenStore(Live(), clock_);
    EXPECT_EQ(AllRows(*store, store->VisibleSequence()).size(), 10u);
    EXPECT_EQ(PlateCounts(*store, store->VisibleSequence()), std::vector<std::string>{"S 10"});
    EXPECT_EQ(Accepted(*Append(*store, clock_, scattered)), 0u);
    store.reset();
  }
  store = OpenStore(Live(), clock_);
  EXPECT_EQ(store->GetStats()->sightings, 10u);
}

TEST_F(StoreRecovery, RowsThatLeftTheInboxCountedSurviveAKill) {
  std::vector<Sighting> scattered;
  for (uint16_t i = 0; i < 10; ++i) {
    scattered.push_back(Seen("S", "K1", Day{static_cast<uint16_t>(kDay.number - i)}, i));
  }
  const auto store = OpenStore(Live(), clock_);
  ASSERT_EQ(Accepted(*Append(*store, clock_, scattered)), 10u);
  PlateCounts(*store, store->VisibleSequence());  // counted: the days stay clean
  for (const Day day : store->Days()) ASSERT_TRUE(store->OpenDay(day).has_value());
  CopyLive(Live(), Copy());
  const auto killed = OpenStore(Copy(), clock_);
  EXPECT_EQ(killed->Days(), store->Days());
  EXPECT_EQ(AllRows(*killed, killed->VisibleSequence()).size(), 10u);
}

TEST_F(StoreRecovery, APlateDictionaryThatIsGoneIsRebuilt) {
  auto store = OpenStore(Live(), clock_);
  Append(*store, clock_, {Seen("A", "K1", kDay, 1), Seen("A", "K1", kNextDay, 2),
                          Seen("B", "K1", kDay, 3), Seen("", "K1", kDay, 4)}).value();
  store.reset();
  fs::remove_all(Live() / "plates");
  store = OpenStore(Live(), clock_);
  EXPECT_EQ(PlateCounts(*store, store->VisibleSequence()),
            (std::vector<std::string>{"A 2", "B 1"}));
}

TEST_F(StoreRecovery, ADayThatLostItsLogIsReported) {
  auto store = OpenStore(Live(), clock_);
  Append(*store, clock_, {Seen("A", "K1", kDay, 1)}).value();
  store.reset();  // marks saved: one row
  store = OpenStore(Live(), clock_);
  Append(*store, clock_, {Seen("B", "K1", kDay, 2), Seen("C", "K1", kDay, 3)}).value();
  CopyLive(Live(), Copy());  // the day's files with its log
  store.reset();             // marks saved: three rows

  fs::remove_all(Live() / "days");
  fs::copy(Copy() / "days", Live() / "days", fs::copy_options::recursive);
  const fs::path log = OnlyFile(Live(), kDay, ".log");
  fs::resize_file(log, 0);
  store = OpenStore(Live(), clock_);
  EXPECT_EQ(AllRows(*store, store->VisibleSequence()).size(), 1u) << "the rest still answers";
  const auto losses = store->GetStats()->losses;
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].day, kDay);
  EXPECT_EQ(losses[0].rows, 2u);
}

TEST_F(StoreRecovery, ADayThatIsGoneIsReported) {
  auto store = OpenStore(Live(), clock_);
  Append(*store, clock_, {Seen("A", "K1", kDay, 1), Seen("A", "K1", kNextDay, 1)}).value();
  store.reset();
  fs::remove_all(Live() / "days" / FormatDay(kDay));
  store = OpenStore(Live(), clock_);
  EXPECT_EQ(store->Days(), std::vector{kNextDay});
  const auto losses = store->GetStats()->losses;
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].day, kDay);
}

TEST_F(StoreRecovery, ADamagedDayIsSetAsideAndTheOthersAnswer) {
  auto store = OpenStore(Live(), clock_);
  Append(*store, clock_, {Seen("A", "K1", kDay, 1), Seen("B", "K1", kNextDay, 1)}).value();
  CopyLive(Live(), Copy());
  store.reset();

  // A bit flipped in the middle of the log's only batch.
  const fs::path log = OnlyFile(Copy(), kDay, ".log");
  std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(fs::file_size(log) / 3));
  const int byte = file.peek();
  file.put(static_cast<char>(byte ^ 0x10));
  file.close();

  store = OpenStore(Copy(), clock_);
  const auto day = store->OpenDay(kDay);
  ASSERT_FALSE(day.has_value());
  EXPECT_EQ(day.error().code, ErrorCode::kCorruption);
  EXPECT_NE(day.error().message.find(FormatDay(kDay)), std::string::npos);
  EXPECT_EQ(store->Days(), std::vector{kNextDay});
  EXPECT_EQ(AllRows(*store, store->VisibleSequence()).size(), 1u);
  const auto set_aside = store->GetStats()->set_aside;
  ASSERT_EQ(set_aside.size(), 1u);
  EXPECT_EQ(set_aside[0].day, kDay);
  EXPECT_FALSE(set_aside[0].reason.empty());
  EXPECT_EQ(Append(*store, clock_, {Seen("C", "K1", kDay, 9)}).error().code,
            ErrorCode::kCorruption);
  EXPECT_TRUE(Append(*store, clock_, {Seen("C", "K1", kNextDay, 9)}).has_value());
  EXPECT_TRUE(fs::exists(Copy() / "days" / FormatDay(kDay))) << "left for a person to look at";
}

TEST_F(StoreRecovery, ADayWithoutItsCurrentFileIsSetAsideAndNotStartedAnew) {
  auto store = OpenStore(Live(), clock_);
  Append(*store, clock_, {Seen("A", "K1", kDay, 1)}).value();
  store.reset();
  const fs::path day = Live() / "days" / FormatDay(kDay);
  fs::remove(day / "CURRENT");
  store = OpenStore(Live(), clock_);
  EXPECT_EQ(store->OpenDay(kDay).error().code, ErrorCode::kCorruption);
  EXPECT_FALSE(fs::exists(day / "CURRENT"));
  EXPECT_EQ(Append(*store, clock_, {Seen("B", "K1", kDay, 2)}).error().code,
            ErrorCode::kCorruption);
}

TEST_F(StoreRecovery, DaysWithoutTheirCatalogAreRefused) {
  auto store = OpenStore(Live(), clock_);
  Append(*store, clock_, {Seen("A", "K1", kDay, 1)}).value();
  store.reset();
  fs::remove_all(Live() / "catalog");
  const auto opened = Store::Open(Live(), {}, clock_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kCorruption);
  EXPECT_FALSE(fs::exists(Live() / "catalog"));
}

TEST_F(StoreRecovery, AnInterruptedRebuildOfTheDictionaryCountsReadingsOnce) {
  const auto shared = std::make_shared<SharedResources>(StoreOptions());
  const std::vector<PlateReading> readings = {{.plate = "A", .day = kDay, .sequence = 1},
                                              {.plate = "A", .day = kDay, .sequence = 2}};
  {
    auto interrupted = PlateDictionary::Open(Live(), shared).value();
    ASSERT_TRUE(interrupted->BeginRebuild());
    ASSERT_TRUE(interrupted->AddRebuilt(readings));
  }
  auto dictionary = PlateDictionary::Open(Live(), shared).value();
  ASSERT_FALSE(dictionary->complete());
  ASSERT_TRUE(dictionary->BeginRebuild());
  ASSERT_TRUE(dictionary->AddRebuilt(readings));
  ASSERT_TRUE(dictionary->FinishRebuild(2));
  std::vector<uint32_t> counts;
  ASSERT_TRUE(dictionary->Visit("", "", [&](std::string_view, Day, const PlateDay& entry) {
    counts.push_back(entry.count);
    return true;
  }));
  EXPECT_EQ(counts, std::vector<uint32_t>{2});
}

TEST_F(StoreRecovery, ACameraErasedWhileItsFirstSightingIsOnItsWayComesBackRetired) {
  auto store = OpenStore(Live(), clock_);
  const Camera camera{.id = "K1", .name = "Gate", .location = Position{1, 2}};
  ASSERT_TRUE(store->PutCameras({&camera, 1}));
  const Sighting sighting = Seen("A", "K1", kDay, 1);
  EncodedSighting under_way =
      store->Encode(sighting, store->FindCamera("K1")->number, clock_.Now(), 0);
  ASSERT_TRUE(store->RemoveCamera("K1").value()) << "erased: it had no sighting yet";
  const SightingId id = store->Append({&under_way, 1}).value().ids[0];
  store.reset();
  store = OpenStore(Live(), clock_);
  EXPECT_EQ(store->GetSighting(id, store->VisibleSequence())->sighting, sighting);
  EXPECT_EQ(AllRows(*store, store->VisibleSequence()).size(), 1u);
  ASSERT_NE(store->FindCamera("K1"), nullptr);
  EXPECT_TRUE(store->FindCamera("K1")->retired());
}

TEST_F(StoreRecovery, AFlippedBitInAFileIsAnErrorNotAnAnswer) {
  auto store = OpenStore(Live(), clock_);
  std::vector<Sighting> sightings;
  for (int i = 0; i < 200; ++i) sightings.push_back(FullSighting("A", "K1", kDay, i));
  Append(*store, clock_, sightings).value();
  store.reset();
  fs::path largest;
  for (const auto& entry : fs::directory_iterator(Live() / "days" / FormatDay(kDay))) {
    if (entry.path().extension() != ".sst") continue;
    if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
  }
  ASSERT_FALSE(largest.empty());
  std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);
  const int byte = file.peek();
  file.seekp(100);
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  store = OpenStore(Live(), clock_);
  const auto reader = store->OpenDay(kDay).value();
  const auto cursor = reader->Rows();
  while (cursor->Valid()) cursor->Next();
  ASSERT_FALSE(cursor->status().has_value());
  EXPECT_EQ(cursor->status().error().code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace sightline::storage
