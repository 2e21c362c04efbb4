#include "storage/store.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/storage/store_fixture.h"

namespace sightline::storage {
namespace {

class StoreTest : public ::testing::Test {
 protected:
  void Reopen(const StoreOptions& options = {}) {
    store_.reset();
    store_ = OpenStore(directory_.path(), clock_, options);
  }

  AppendResult Add(std::initializer_list<Sighting> sightings) {
    return Append(*store_, clock_, sightings).value();
  }

  TemporaryDirectory directory_;
  SetClock clock_{kDay.start() + 1000};
  std::unique_ptr<Store> store_ = OpenStore(directory_.path(), clock_);
};

TEST_F(StoreTest, WhatWasAppendedIsReadBackWhole) {
  const Sighting full = FullSighting("京N6UT45", "K-0012", kDay, 37'336'120);
  const AppendResult result = Add({full});
  ASSERT_EQ(Accepted(result), 1u);
  const StoredSighting expected{.id = result.ids[0],
                                .sequence = result.last_sequence,
                                .received = clock_.Now(),
                                .sighting = full};
  EXPECT_EQ(AllRows(*store_, result.last_sequence), std::vector{expected});
  EXPECT_EQ(store_->GetSighting(result.ids[0], result.last_sequence).value(), expected);
  Reopen();
  EXPECT_EQ(AllRows(*store_, store_->VisibleSequence()), std::vector{expected});
}

TEST_F(StoreTest, TheFirstOfEqualIdentitiesWins) {
  Sighting first = Seen("A1", "K1", kDay, 10);
  first.plate_color = "first";
  Sighting again = first;
  again.plate_color = "again";
  const AppendResult together = Add({first, again});
  EXPECT_EQ(together.outcomes,
            (std::vector{AppendOutcome::kAccepted, AppendOutcome::kDuplicate}));
  EXPECT_EQ(together.ids[0], together.ids[1]);
  EXPECT_EQ(Accepted(Add({again})), 0u);
  Reopen();
  EXPECT_EQ(Accepted(Add({again})), 0u);
  const auto rows = AllRows(*store_, store_->VisibleSequence());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].sighting.plate_color, "first");
  EXPECT_EQ(PlateCounts(*store_, store_->VisibleSequence()), std::vector<std::string>{"A1 1"});
}

TEST_F(StoreTest, UnreadPlatesWithoutASourceIdAreNeverMerged) {
  const Sighting unread = Seen("", "K1", kDay, 10);
  EXPECT_EQ(Accepted(Add({unread, unread})), 2u);
  Reopen();
  EXPECT_EQ(Accepted(Add({unread})), 1u);
  EXPECT_EQ(AllRows(*store_, store_->VisibleSequence()).size(), 3u);
}

TEST_F(StoreTest, RowsOfManyDaysWaitInTheInboxAndAreReadAllTheSame) {
  std::vector<Sighting> sightings;
  for (uint16_t i = 0; i < 40; ++i) {
    sightings.push_back(Seen("A1", "K1", Day{static_cast<uint16_t>(kDay.number - i)}, 10));
  }
  ASSERT_EQ(Accepted(Append(*store_, clock_, sightings).value()), 40u);
  EXPECT_EQ(store_->GetStats()->inbox_rows, 40u);
  EXPECT_EQ(store_->GetStats()->sightings, 40u);
  EXPECT_EQ(store_->Days().size(), 40u);
  // Known as duplicates while they wait.
  EXPECT_EQ(Accepted(Append(*store_, clock_, sightings).value()), 0u);
  EXPECT_EQ(PlateCounts(*store_, store_->VisibleSequence()), std::vector<std::string>{"A1 40"});
  EXPECT_TRUE(store_->OpenDay(kDay).value()->Rows()->Valid());
  EXPECT_EQ(store_->GetStats()->inbox_rows, 39u);
  Reopen();
  EXPECT_EQ(store_->GetStats()->inbox_rows, 0u) << "Close moves what waits";
  EXPECT_EQ(Accepted(Append(*store_, clock_, sightings).value()), 0u);
  EXPECT_EQ(AllRows(*store_, store_->VisibleSequence()).size(), 40u);
  EXPECT_EQ(PlateCounts(*store_, store_->VisibleSequence()), std::vector<std::string>{"A1 40"});
}

TEST_F(StoreTest, ACursorWalksMinutesBothWays) {
  Add({Seen("A", "K1", kDay, 0), Seen("B", "K1", kDay, 59'999), Seen("C", "K2", kDay, 5),
       Seen("D", "K1", kDay, 300'000), Seen("E", "K1", kDay, 86'399'999)});
  const auto reader = store_->OpenDay(kDay).value();
  const auto cursor = reader->Rows();
  const auto plate = [&] {
    if (!cursor->Valid()) return std::string("end");
    return reader->Decode(cursor->row(), store_->VisibleSequence())->sighting.plate;
  };
  EXPECT_EQ(plate(), "A");
  cursor->SeekMinuteBefore(1440);
  EXPECT_EQ(plate(), "E");
  cursor->SeekMinuteBefore(1439);
  EXPECT_EQ(plate(), "D");
  cursor->SeekMinuteBefore(5);
  EXPECT_EQ(plate(), "A");
  cursor->SeekMinuteBefore(0);
  EXPECT_EQ(plate(), "end");
  cursor->Seek({.ms_of_day = 0, .camera_number = store_->FindCamera("K2")->number});
  EXPECT_EQ(plate(), "C");
  cursor->Next();
  EXPECT_EQ(plate(), "D");
  for (const uint32_t past : {86'400'000u, 4'294'967'295u}) {
    cursor->Seek({.ms_of_day = past});
    EXPECT_EQ(plate(), "end");
  }
  EXPECT_TRUE(cursor->status().has_value());
}

TEST_F(StoreTest, PlateRowsAreCutByTimeAndSequence) {
  const Sequence first = Add({Seen("A1", "K1", kDay, 100)}).last_sequence;
  const Sequence last = Add({Seen("A1", "K1", kDay, 50), Seen("A12", "K1", kDay, 60),
                             Seen("A1", "K1", kDay, 200)}).last_sequence;
  const auto reader = store_->OpenDay(kDay).value();
  const auto times = [&](Interval time, Sequence as_of) {
    std::vector<uint32_t> found;
    const auto rows = reader->PlateRows("A1", time, as_of).value();
    for (const PlateRow& row : rows) found.push_back(row.key.ms_of_day);
    return found;
  };
  EXPECT_EQ(times({}, last), (std::vector<uint32_t>{50, 100, 200}));
  EXPECT_EQ(times({}, first), (std::vector<uint32_t>{100}));
  EXPECT_EQ(times({.from = kDay.start() + 50, .to = kDay.start() + 200}, last),
            (std::vector<uint32_t>{50, 100}));
  EXPECT_TRUE(times({.from = kDay.end(), .to = kMaxTimestamp}, last).empty());
  EXPECT_EQ(reader->PlateRows("A", {}, last)->size(), 0u);
}

TEST_F(StoreTest, GetGivesWhatIsStoredInTheOrderAskedFor) {
  Add({Seen("A", "K1", kDay, 1), Seen("B", "K1", kDay, 2)});
  const auto reader = store_->OpenDay(kDay).value();
  const RowKey a = reader->PlateRows("A", {}, store_->VisibleSequence())->at(0).key;
  const RowKey b = reader->PlateRows("B", {}, store_->VisibleSequence())->at(0).key;
  RowKey none = a;
  none.identity_hash ^= 1;
  const auto found = reader->Get(std::vector{b, none, a}, store_->VisibleSequence()).value();
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0]->sighting.plate, "B");
  EXPECT_FALSE(found[1].has_value());
  EXPECT_EQ(found[2]->sighting.plate, "A");
}

TEST_F(StoreTest, AnIdThatIsNotStoredIsNotFound) {
  SightingId id = Add({Seen("A", "K1", kDay, 1)}).ids[0];
  EXPECT_TRUE(store_->GetSighting(id, store_->VisibleSequence()).has_value());
  SightingId other = id;
  other.identity_hash ^= 1;
  EXPECT_EQ(store_->GetSighting(other, store_->VisibleSequence()).error().code, ErrorCode::kNotFound);
  other = id;
  other.camera_hash ^= 1;
  EXPECT_EQ(store_->GetSighting(other, store_->VisibleSequence()).error().code, ErrorCode::kNotFound);
  other = id;
  other.time = other.time + kMillisecondsPerDay;
  EXPECT_EQ(store_->GetSighting(other, store_->VisibleSequence()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->OpenDay(Day{1}).value(), nullptr);
}

TEST_F(StoreTest, PlatesAreCountedAsOfASequence) {
  const Sequence first = Add({Seen("A", "K1", kDay, 100), Seen("B", "K1", kDay, 1)}).last_sequence;
  const Sequence last =
      Add({Seen("A", "K1", kDay, 50), Seen("A", "K1", Day{kDay.number + 1}, 7),
           Seen("C", "K1", kDay, 1)}).last_sequence;
  EXPECT_EQ(PlateCounts(*store_, last), (std::vector<std::string>{"A 3", "B 1", "C 1"}));
  EXPECT_EQ(PlateCounts(*store_, first), (std::vector<std::string>{"A 1", "B 1"}));
  EXPECT_EQ(PlateCounts(*store_, 0), std::vector<std::string>{});
  const auto summary = [&](Sequence as_of) {
    PlateSummary found;
    store_->VisitPlates("A", "", as_of, [&](const PlateSummary& plate) {
      found = plate;
      return true;
    }).value();
    return found;
  };
  EXPECT_EQ(summary(last).first_seen, kDay.start() + 50);
  EXPECT_EQ(summary(last).last_seen, kDay.end() + 7);
  EXPECT_EQ(summary(first).first_seen, kDay.start() + 100);
  EXPECT_EQ(summary(first).last_seen, kDay.start() + 100);
}

TEST_F(StoreTest, PlatesArePagedByPrefix) {
  const Sequence as_of = Add({Seen("AB", "K1", kDay, 1), Seen("ABC", "K1", kDay, 2),
                              Seen("AC", "K1", kDay, 3), Seen("B", "K1", kDay, 4)}).last_sequence;
  const auto plates = [&](std::string_view prefix, std::string_view after, size_t limit) {
    std::vector<std::string> found;
    store_->VisitPlates(prefix, after, as_of, [&](const PlateSummary& plate) {
      found.push_back(plate.plate);
      return found.size() < limit;
    }).value();
    return found;
  };
  using Plates = std::vector<std::string>;
  EXPECT_EQ(plates("", "", 10), (Plates{"AB", "ABC", "AC", "B"}));
  EXPECT_EQ(plates("A", "", 2), (Plates{"AB", "ABC"}));
  EXPECT_EQ(plates("A", "AB", 10), (Plates{"ABC", "AC"}));
  EXPECT_EQ(plates("A", "AC", 10), Plates{});
  EXPECT_EQ(plates("B", "AB", 10), Plates{"B"});
}

TEST_F(StoreTest, SequencesGoOnAfterAReopening) {
  const Sequence before = Add({Seen("A", "K1", kDay, 1)}).last_sequence;
  Reopen();
  EXPECT_GE(store_->VisibleSequence(), before);
  EXPECT_GT(Add({Seen("B", "K1", kDay, 2)}).last_sequence, before);
}

TEST_F(StoreTest, NoncesAreNeverTheSame) {
  std::set<uint64_t> seen;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(store_->NextNonce()).second);
    Reopen();
  }
}

TEST_F(StoreTest, CamerasKeepTheirPastAndTheirNumber) {
  Camera camera{.id = "K1", .name = "one"};
  EXPECT_EQ(store_->PutCameras({&camera, 1}).value(), std::vector<bool>{true});
  const uint32_t number = store_->FindCamera("K1")->number;
  EXPECT_EQ(store_->PutCameras({&camera, 1}).value(), std::vector<bool>{false});
  EXPECT_EQ(store_->FindCamera("K1")->history.size(), 1u) << "nothing changed";
  camera.location = Position{.lon = 1, .lat = 2};
  clock_.Set(kDay.start() + 5000);
  store_->PutCameras({&camera, 1}).value();
  Camera other = camera;
  other.name = "not this";
  store_->AddMissingCameras({&other, 1}).value();
  Reopen();
  const auto record = store_->FindCamera("K1");
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->number, number);
  ASSERT_EQ(record->history.size(), 2u);
  EXPECT_EQ(record->history[0].camera.location, std::nullopt);
  EXPECT_EQ(record->camera(), camera);
  EXPECT_EQ(record->history[1].recorded, clock_.Now());
}

TEST_F(StoreTest, OneCallMayNameACameraTwice) {
  const std::vector<Camera> cameras = {{.id = "K1", .name = "a"}, {.id = "K1", .name = "b"}};
  EXPECT_EQ(store_->PutCameras(cameras).value(), (std::vector{true, false}));
  EXPECT_EQ(store_->FindCamera("K1")->camera().name, "b");
  EXPECT_EQ(store_->Cameras().size(), 1u);
}

TEST_F(StoreTest, ACameraWithSightingsIsRetiredNotErased) {
  const Camera unused{.id = "unused"};
  store_->PutCameras({&unused, 1}).value();
  const SightingId id = Add({Seen("A", "used", kDay, 1)}).ids[0];
  const uint32_t unused_number = store_->FindCamera("unused")->number;
  Reopen();
  EXPECT_TRUE(store_->RemoveCamera("unused").value());
  EXPECT_EQ(store_->FindCamera("unused"), nullptr);
  EXPECT_FALSE(store_->RemoveCamera("used").value());
  EXPECT_EQ(store_->RemoveCamera("never").error().code, ErrorCode::kNotFound);
  Reopen();
  ASSERT_NE(store_->FindCamera("used"), nullptr);
  EXPECT_TRUE(store_->FindCamera("used")->retired());
  EXPECT_EQ(store_->FindCamera("unused"), nullptr);
  EXPECT_TRUE(store_->GetSighting(id, store_->VisibleSequence()).has_value());
  store_->PutCameras({&unused, 1}).value();
  EXPECT_NE(store_->FindCamera("unused")->number, unused_number) << "numbers are never reused";
  const Camera back{.id = "used", .kind = CameraKind::kMobile};
  store_->PutCameras({&back, 1}).value();
  EXPECT_FALSE(store_->FindCamera("used")->retired());
}

TEST_F(StoreTest, EntriesAreATableEach) {
  store_->PutEntry("tokens", "b", "2").value();
  store_->PutEntry("tokens", "a", "1").value();
  store_->PutEntry("tokens2", "a", "other").value();
  store_->PutEntry("tokens", "c", "3").value();
  store_->DeleteEntry("tokens", "c").value();
  Reopen();
  using Entries = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(store_->Entries("tokens").value(), (Entries{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(store_->Entries("none").value(), Entries{});
}

TEST_F(StoreTest, EntriesAreChangedTogether) {
  store_->PutEntry("jobs", "old", "1").value();
  const storage::EntryChange changes[] = {{.table = "jobs", .key = "old", .value = {}},
                                          {.table = "jobs", .key = "new", .value = "2"},
                                          {.table = "tokens", .key = "new", .value = ""}};
  store_->ChangeEntries(changes).value();
  Reopen();
  EXPECT_EQ(store_->GetEntry("jobs", "old").value(), std::nullopt);
  EXPECT_EQ(store_->GetEntry("jobs", "new").value(), "2");
  EXPECT_EQ(store_->GetEntry("tokens", "new").value(), "");
  EXPECT_EQ(store_->GetEntry("none", "new").value(), std::nullopt);
}

TEST_F(StoreTest, AuditRecordsAreNumberedAndReadBackwards) {
  EXPECT_EQ(store_->AppendAudit(std::vector<std::string>{"one", "two"}).value(), 1u);
  Reopen();
  EXPECT_EQ(store_->AppendAudit(std::vector<std::string>{"three"}).value(), 3u);
  using Records = std::vector<std::pair<uint64_t, std::string>>;
  EXPECT_EQ(store_->ReadAudit(0, 2).value(), (Records{{3, "three"}, {2, "two"}}));
  EXPECT_EQ(store_->ReadAudit(2, 10).value(), (Records{{1, "one"}}));
  EXPECT_EQ(store_->ReadAudit(1, 10).value(), Records{});
}

TEST_F(StoreTest, ADirectoryInUseIsRefused) {
  const auto second = Store::Open(directory_.path(), {}, clock_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_NE(second.error().message.find(directory_.path().string()), std::string::npos);
}

TEST_F(StoreTest, FewerDaysThanAreReadMayBeOpen) {
  Reopen({.max_open_days = 2});
  for (uint16_t i = 0; i < 10; ++i) {
    Add({Seen("A", "K1", Day{static_cast<uint16_t>(100 + i)}, 1)});
  }
  EXPECT_EQ(AllRows(*store_, store_->VisibleSequence()).size(), 10u);
  EXPECT_EQ(PlateCounts(*store_, store_->VisibleSequence()), std::vector<std::string>{"A 10"});
  EXPECT_EQ(AllRows(*store_, store_->VisibleSequence()).size(), 10u);
  EXPECT_LE(store_->GetStats()->open_days, 3u);
  EXPECT_EQ(store_->GetStats()->first_day, Day{100});
  EXPECT_EQ(store_->GetStats()->last_day, Day{109});
}

}  // namespace
}  // namespace sightline::storage
