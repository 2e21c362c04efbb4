// Corrections: what a sighting says from when on, and what every question makes of it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/store.h"
#include "tests/unit/storage/store_fixture.h"

namespace sightline::storage {
namespace {

namespace fs = std::filesystem;

constexpr Day kNextDay{kDay.number + 1};
using Lines = std::vector<std::string>;

class Corrections : public ::testing::Test {
 protected:
  void Reopen(const StoreOptions& options = {}) {
    store_.reset();
    store_ = OpenStore(Data(), clock_, options);
  }

  fs::path Data() const { return directory_.path() / "data"; }

  SightingId Add(const Sighting& sighting) { return Append(*store_, clock_, {sighting})->ids[0]; }

  StoredCorrection CorrectPlate(const SightingId& id, const std::string& plate) {
    return store_->Correct(id, {.plate = plate, .note = "seen by eye", .author = "li"}).value();
  }

  // "plate@sequence of the version in force" of the day's rows of a plate.
  Lines RowsOf(std::string_view plate, Sequence as_of) {
    Lines lines;
    const auto reader = store_->OpenDay(kDay).value();
    const auto rows = reader->PlateRows(plate, {}, as_of).value();
    for (const PlateRow& row : rows) {
      lines.push_back(fmt::format("{}@{}", row.key.ms_of_day, row.sequence));
    }
    return lines;
  }

  TemporaryDirectory directory_;
  SetClock clock_{kDay.start() + 1000};
  std::unique_ptr<Store> store_ = OpenStore(Data(), clock_);
};

TEST_F(Corrections, ASightingIsReadAsItStoodAtASequence) {
  Sighting read = FullSighting("A1", "K1", kDay, 5);
  const SightingId id = Add(read);
  const Sequence came = store_->VisibleSequence();
  clock_.Set(kDay.start() + 7777);
  const Correction correction{.plate = "B2",
                              .attributes = {{"color", std::string("blue")},
                                             {"make", std::string("VW")}},
                              .removed_attributes = {"none", "year"},
                              .note = "seen by eye",
                              .author = "li"};
  const StoredCorrection stored = store_->Correct(id, correction).value();
  EXPECT_GT(stored.sequence, came);
  EXPECT_EQ(store_->VisibleSequence(), stored.sequence);
  const StoredCorrection expected{
      .sighting = id,
      .sequence = stored.sequence,
      .corrected = clock_.Now(),
      .correction = correction,
      .camera_id = "K1",
      .plate_before = "A1",
      .attributes_before = {{"color", std::string("silver")}, {"year", int64_t{2013}}}};
  EXPECT_EQ(stored, expected);

  Sighting corrected = read;
  corrected.plate = "B2";
  corrected.attributes = {{"color", std::string("blue")},
                          {"make", std::string("VW")},
                          {"sticker", true},
                          {"weight_t", 1.75}};
  EXPECT_EQ(corrected.plate_read, "as A1") << "stays as it came";
  for (const bool reopened : {false, true}) {
    if (reopened) Reopen();
    const StoredSighting before = store_->GetSighting(id, came).value();
    EXPECT_EQ(before.sighting, read);
    EXPECT_EQ(before.corrected, 0u);
    const StoredSighting after = store_->GetSighting(id, stored.sequence).value();
    EXPECT_EQ(after.sighting, corrected);
    EXPECT_EQ(after.sequence, came);
    EXPECT_EQ(after.corrected, stored.sequence);
    EXPECT_EQ(AllRows(*store_, stored.sequence), std::vector{after});
    EXPECT_EQ(AllRows(*store_, came), std::vector{before});
    EXPECT_EQ(store_->GetSighting(id, came - 1).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(store_->Corrections(0, 10).value(), std::vector{expected});
  }
  EXPECT_EQ(store_->GetStats()->sightings, 1u) << "a correction is no sighting";
}

TEST_F(Corrections, APlateGainsAndLosesItsRowsFromTheCorrectionOn) {
  const SightingId id = Add(Seen("A", "K1", kDay, 5));
  Add(Seen("A", "K1", kDay, 9));
  const Sequence came = store_->VisibleSequence();
  const Sequence to_b = CorrectPlate(id, "B").sequence;
  const Sequence to_none = CorrectPlate(id, "").sequence;
  const Sequence to_a = CorrectPlate(id, "A").sequence;
  for (const bool reopened : {false, true}) {
    if (reopened) Reopen();
    const std::string first = fmt::format("5@{}", came - 1);
    const std::string other = fmt::format("9@{}", came);
    EXPECT_EQ(RowsOf("A", came), (Lines{first, other}));
    EXPECT_EQ(RowsOf("B", came), Lines{});
    EXPECT_EQ(RowsOf("A", to_b), Lines{other});
    EXPECT_EQ(RowsOf("B", to_b), Lines{fmt::format("5@{}", to_b)});
    EXPECT_EQ(RowsOf("B", to_none), Lines{});
    EXPECT_EQ(RowsOf("A", to_none), Lines{other});
    EXPECT_EQ(RowsOf("A", to_a), (Lines{fmt::format("5@{}", to_a), other}));
    EXPECT_EQ(PlateCounts(*store_, came), Lines{"A 2"});
    EXPECT_EQ(PlateCounts(*store_, to_b), (Lines{"A 1", "B 1"}));
    EXPECT_EQ(PlateCounts(*store_, to_none), Lines{"A 1"});
    EXPECT_EQ(PlateCounts(*store_, to_a), Lines{"A 2"});
  }
}

TEST_F(Corrections, OfAttributesAloneKeepTheCountsAndNameTheVersion) {
  const SightingId id = Add(Seen("A", "K1", kDay, 5));
  const Sequence came = store_->VisibleSequence();
  const Sequence corrected =
      store_->Correct(id, {.attributes = {{"color", std::string("red")}}})->sequence;
  EXPECT_EQ(RowsOf("A", came), Lines{fmt::format("5@{}", came)});
  EXPECT_EQ(RowsOf("A", corrected), Lines{fmt::format("5@{}", corrected)});
  EXPECT_EQ(PlateCounts(*store_, corrected), Lines{"A 1"});
  const auto reader = store_->OpenDay(kDay).value();
  const RowKey key = reader->PlateRows("A", {}, corrected)->at(0).key;
  EXPECT_TRUE(reader->IsInForce({key, came}, came));
  EXPECT_FALSE(reader->IsInForce({key, came}, corrected));
  EXPECT_TRUE(reader->IsInForce({key, corrected}, corrected));
  EXPECT_FALSE(reader->IsInForce({key, corrected}, came));
}

TEST_F(Corrections, OneThatChangesNothingIsRefused) {
  Sighting sighting = Seen("A", "K1", kDay, 5);
  sighting.attributes = {{"color", std::string("red")}};
  const SightingId id = Add(sighting);
  const Correction nothing[] = {
      {},
      {.note = "a note alone"},
      {.plate = "A"},
      {.attributes = {{"color", std::string("red")}}},
      {.removed_attributes = {"year"}},
  };
  for (const Correction& correction : nothing) {
    EXPECT_EQ(store_->Correct(id, correction).error().code, ErrorCode::kInvalidArgument);
  }
  SightingId unknown = id;
  unknown.identity_hash ^= 1;
  EXPECT_EQ(store_->Correct(unknown, {.plate = "B"}).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(store_->Corrections(0, 10)->empty());
}

TEST_F(Corrections, AResendOfACorrectedSightingIsStillADuplicate) {
  const Sighting sighting = Seen("A", "K1", kDay, 5);
  CorrectPlate(Add(sighting), "B");
  const AppendResult again = Append(*store_, clock_, {sighting}).value();
  EXPECT_EQ(Accepted(again), 0u);
  EXPECT_EQ(store_->GetSighting(again.ids[0], store_->VisibleSequence())->sighting.plate, "B");
}

TEST_F(Corrections, OfARowThatWaitsInTheInbox) {
  std::vector<Sighting> sightings;
  for (uint16_t i = 0; i < 40; ++i) {
    sightings.push_back(Seen("A", "K1", Day{static_cast<uint16_t>(kDay.number - i)}, 10));
  }
  const AppendResult result = Append(*store_, clock_, sightings).value();
  ASSERT_EQ(store_->GetStats()->inbox_rows, 40u);
  const Sequence corrected = CorrectPlate(result.ids[0], "B").sequence;
  EXPECT_EQ(PlateCounts(*store_, corrected), (Lines{"A 39", "B 1"}));
  EXPECT_EQ(PlateCounts(*store_, result.last_sequence), Lines{"A 40"});
}

TEST_F(Corrections, AreListedNewestFirstOverAllDays) {
  std::vector<StoredCorrection> expected;
  for (int i = 0; i < 6; ++i) {
    const SightingId id = Add(Seen("A", "K1", i % 2 == 0 ? kDay : kNextDay, i));
    expected.insert(expected.begin(), CorrectPlate(id, fmt::format("B{}", i)));
  }
  Reopen();
  EXPECT_EQ(store_->Corrections(0, 100).value(), expected);
  const std::vector<StoredCorrection> page(expected.begin() + 2, expected.begin() + 5);
  EXPECT_EQ(store_->Corrections(expected[1].sequence, 3).value(), page);
  EXPECT_TRUE(store_->Corrections(expected.back().sequence, 3)->empty());
}

TEST_F(Corrections, SurviveAKillAndARebuildOfTheDictionary) {
  const SightingId id = Add(Seen("A", "K1", kDay, 5));
  const SightingId other = Add(Seen("A", "K1", kDay, 6));
  const Sequence came = store_->VisibleSequence();
  CorrectPlate(id, "B");
  CorrectPlate(other, "C");
  const Sequence last = CorrectPlate(other, "B").sequence;
  const fs::path copy = directory_.path() / "copy";
  CopyLive(Data(), copy);
  for (const bool rebuilt : {false, true}) {
    if (rebuilt) fs::remove_all(copy / "plates");
    const auto killed = OpenStore(copy, clock_);
    EXPECT_EQ(AllRows(*killed, last), AllRows(*store_, last));
    EXPECT_EQ(PlateCounts(*killed, last), Lines{"B 2"});
    EXPECT_EQ(PlateCounts(*killed, last - 1), (Lines{"B 1", "C 1"}));
    EXPECT_EQ(PlateCounts(*killed, came), Lines{"A 2"});
    EXPECT_EQ(killed->Corrections(0, 10).value(), store_->Corrections(0, 10).value());
  }
}

// A crash between the two databases: the pointer is in the catalog, the correction not in the day.
TEST_F(Corrections, APointerToNothingIsPassedOver) {
  const SightingId id = Add(Seen("A", "K1", kDay, 5));
  const StoredCorrection first = CorrectPlate(id, "B");
  const fs::path copy = directory_.path() / "copy";
  CopyLive(Data(), copy);
  CorrectPlate(id, "C");
  store_.reset();
  fs::remove_all(Data() / "days");
  fs::copy(copy / "days", Data() / "days", fs::copy_options::recursive);
  fs::remove_all(Data() / "plates");
  fs::copy(copy / "plates", Data() / "plates", fs::copy_options::recursive);
  store_ = OpenStore(Data(), clock_);
  EXPECT_EQ(store_->Corrections(0, 10).value(), std::vector{first});
  EXPECT_EQ(store_->GetSighting(id, store_->VisibleSequence())->sighting.plate, "B");
  // And the next one is found behind it.
  const StoredCorrection next = CorrectPlate(id, "D");
  EXPECT_EQ(store_->Corrections(0, 1).value(), std::vector{next});
  EXPECT_EQ(store_->Corrections(0, 2).value(), (std::vector{next, first}));
}

TEST_F(Corrections, GoWithTheirDay) {
  const std::string marker = "MARKERPLATE77";
  const Day old{kDay.number - 10};
  CorrectPlate(Add(Seen("A", "K1", old, 5)), marker);
  const StoredCorrection kept = CorrectPlate(Add(Seen("A", "K1", kDay, 5)), "B");
  Reopen({.retention_days = 5});
  PlateCounts(*store_, store_->VisibleSequence());
  ASSERT_FALSE(FilesHolding(directory_.path(), marker).empty());
  ASSERT_EQ(store_->ApplyRetention().value(), std::vector{old});
  EXPECT_EQ(store_->Corrections(0, 10).value(), std::vector{kept});
  EXPECT_EQ(FilesHolding(directory_.path(), marker), Lines{});
  EXPECT_EQ(PlateCounts(*store_, store_->VisibleSequence()), Lines{"B 1"});
}

}  // namespace
}  // namespace sightline::storage
