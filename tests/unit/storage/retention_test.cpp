// Days past their retention go whole, and leave nothing.
#include <gtest/gtest.h>

#include "storage/store.h"
#include "tests/unit/storage/store_fixture.h"

namespace sightline::storage {
namespace {

namespace fs = std::filesystem;

constexpr Day kOldDay{kDay.number - 10};

class Retention : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  SetClock clock_{kDay.start()};
  std::unique_ptr<Store> store_ = OpenStore(directory_.path(), clock_, {.retention_days = 5});
};

TEST_F(Retention, IsOffUnlessConfigured) {
  store_.reset();
  store_ = OpenStore(directory_.path(), clock_);
  Append(*store_, clock_, {Seen("OLD", "K1", Day{0}, 1)}).value();
  EXPECT_TRUE(store_->ApplyRetention()->empty());
  EXPECT_EQ(store_->Days(), std::vector{Day{0}});
}

TEST_F(Retention, KeepsTheDaysWithinIt) {
  const Day kept{kDay.number - 5};
  const Day gone{kDay.number - 6};
  Append(*store_, clock_, {Seen("A", "K1", kDay, 1), Seen("A", "K1", kept, 1),
                           Seen("A", "K1", gone, 1)}).value();
  EXPECT_EQ(store_->ApplyRetention().value(), std::vector{gone});
  EXPECT_EQ(store_->Days(), (std::vector{kept, kDay}));
  EXPECT_EQ(store_->GetStats()->sightings, 2u);
  EXPECT_EQ(PlateCounts(*store_, store_->VisibleSequence()), std::vector<std::string>{"A 2"});
  EXPECT_TRUE(store_->ApplyRetention()->empty());
}

TEST_F(Retention, LeavesNoByteOfAPlateBehind) {
  const std::string marker = "MARKERPLATE77";
  const std::string waiting = "WAITINGPLATE88";
  std::vector<Sighting> sightings = {Seen(marker, "K1", kOldDay, 1)};
  Append(*store_, clock_, sightings).value();
  sightings.clear();
  // Many days at once: these rows wait in the inbox.
  for (uint16_t i = 0; i < 20; ++i) {
    sightings.push_back(Seen(waiting, "K1", Day{static_cast<uint16_t>(kOldDay.number - i - 1)}, 1));
  }
  sightings.push_back(Seen("KEPT", "K1", kDay, 1));
  Append(*store_, clock_, sightings).value();
  PlateCounts(*store_, store_->VisibleSequence());
  ASSERT_FALSE(FilesHolding(directory_.path(), marker).empty());
  ASSERT_FALSE(FilesHolding(directory_.path(), waiting).empty());

  EXPECT_EQ(store_->ApplyRetention()->size(), 21u);
  EXPECT_EQ(FilesHolding(directory_.path(), marker), std::vector<std::string>{});
  EXPECT_EQ(FilesHolding(directory_.path(), waiting), std::vector<std::string>{});
  EXPECT_EQ(store_->Days(), std::vector{kDay});
  EXPECT_EQ(PlateCounts(*store_, store_->VisibleSequence()), std::vector<std::string>{"KEPT 1"});
  EXPECT_EQ(store_->GetStats()->inbox_rows, 1u) << "the row that is kept";
  store_.reset();
  store_ = OpenStore(directory_.path(), clock_);
  EXPECT_EQ(FilesHolding(directory_.path(), marker), std::vector<std::string>{});
  EXPECT_EQ(store_->GetStats()->sightings, 1u);
}

TEST_F(Retention, AReaderKeepsItsDayUntilItLetsGo) {
  Append(*store_, clock_, {Seen("A", "K1", kOldDay, 1)}).value();
  auto reader = store_->OpenDay(kOldDay).value();
  EXPECT_EQ(store_->ApplyRetention().value(), std::vector{kOldDay});
  EXPECT_EQ(store_->OpenDay(kOldDay).value(), nullptr);
  EXPECT_TRUE(store_->Days().empty());
  EXPECT_EQ(reader->Decode(reader->Rows()->row(), store_->VisibleSequence())->sighting.plate, "A");
  EXPECT_EQ(Append(*store_, clock_, {Seen("B", "K1", kOldDay, 1)}).error().code,
            ErrorCode::kUnavailable);
  reader.reset();
  EXPECT_FALSE(fs::exists(directory_.path() / "days" / FormatDay(kOldDay)));
  // The day can begin anew, and the start after it does not take the new one for the deleted one.
  ASSERT_EQ(Accepted(*Append(*store_, clock_, {Seen("B", "K1", kOldDay, 1)})), 1u);
  store_.reset();
  store_ = OpenStore(directory_.path(), clock_);
  EXPECT_EQ(store_->Days(), std::vector{kOldDay});
}

TEST_F(Retention, AStartFinishesADeletionThatACrashCutShort) {
  Append(*store_, clock_, {Seen("A", "K1", kOldDay, 1), Seen("A", "K1", kDay, 1)}).value();
  auto reader = store_->OpenDay(kOldDay).value();
  ASSERT_EQ(store_->ApplyRetention()->size(), 1u);
  // The reader still holds the files, as a crash would leave them.
  const TemporaryDirectory copied;
  const fs::path copy = copied.path() / "data";
  CopyLive(directory_.path(), copy);
  ASSERT_TRUE(fs::exists(copy / "days" / FormatDay(kOldDay)));
  const auto crashed = OpenStore(copy, clock_, {.retention_days = 5});
  EXPECT_FALSE(fs::exists(copy / "days" / FormatDay(kOldDay)));
  EXPECT_EQ(crashed->Days(), std::vector{kDay});
}

TEST_F(Retention, AStartPurgesWhatACrashLeftOfADeletedDayElsewhere) {
  const std::string marker = "MARKERPLATE77";
  Append(*store_, clock_, {Seen(marker, "K1", kOldDay, 1), Seen("A", "K1", kDay, 1)}).value();
  PlateCounts(*store_, store_->VisibleSequence());
  const TemporaryDirectory copied;
  const fs::path before = copied.path() / "before";
  const fs::path crashed = copied.path() / "crashed";
  CopyLive(directory_.path(), before);
  auto reader = store_->OpenDay(kOldDay).value();  // the day's mark stays
  ASSERT_EQ(store_->ApplyRetention()->size(), 1u);
  CopyLive(directory_.path(), crashed);
  fs::remove_all(crashed / "plates");
  fs::copy(before / "plates", crashed / "plates", fs::copy_options::recursive);

  // Also where the retention was turned off since.
  const auto store = OpenStore(crashed, clock_);
  ASSERT_FALSE(FilesHolding(crashed, marker).empty());
  EXPECT_EQ(Append(*store, clock_, {Seen("B", "K1", kOldDay, 1)}).error().code,
            ErrorCode::kUnavailable);
  EXPECT_TRUE(store->ApplyRetention()->empty());
  EXPECT_EQ(FilesHolding(crashed, marker), std::vector<std::string>{});
  EXPECT_EQ(PlateCounts(*store, store->VisibleSequence()), std::vector<std::string>{"A 1"});
  EXPECT_EQ(Accepted(*Append(*store, clock_, {Seen("B", "K1", kOldDay, 1)})), 1u);
  EXPECT_EQ(PlateCounts(*store, store->VisibleSequence()), (std::vector<std::string>{"A 1", "B 1"}));
}

TEST_F(Retention, TakesDaysThatAreSetAsideToo) {
  Append(*store_, clock_, {Seen("OLD", "K1", kOldDay, 1), Seen("A", "K1", kDay, 1)}).value();
  store_.reset();
  fs::remove(directory_.path() / "days" / FormatDay(kOldDay) / "CURRENT");
  store_ = OpenStore(directory_.path(), clock_, {.retention_days = 5});
  ASSERT_EQ(store_->OpenDay(kOldDay).error().code, ErrorCode::kCorruption);
  EXPECT_EQ(store_->ApplyRetention().value(), std::vector{kOldDay});
  EXPECT_FALSE(fs::exists(directory_.path() / "days" / FormatDay(kOldDay)));
  EXPECT_TRUE(store_->GetStats()->set_aside.empty());
  EXPECT_EQ(PlateCounts(*store_, store_->VisibleSequence()), std::vector<std::string>{"A 1"});
}

}  // namespace
}  // namespace sightline::storage
