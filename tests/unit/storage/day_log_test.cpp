// A day's log, and the list of segments that hold its beginning.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "storage/store.h"
#include "tests/unit/storage/store_fixture.h"

namespace sightline::storage {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kAll = 1'000'000;

class DayLogTest : public ::testing::Test {
 protected:
  void Reopen() {
    store_.reset();
    store_ = OpenStore(Data(), clock_);
  }

  // Goes on with the files as a kill would leave them.
  void Kill() {
    const fs::path copy = directory_.path() / fmt::format("copy{}", ++copies_);
    CopyLive(data_, copy);
    data_ = copy;
    Reopen();
  }

  fs::path Data() const { return data_; }

  AppendResult Add(int first_ms, int rows) {
    std::vector<Sighting> sightings;
    for (int i = 0; i < rows; ++i) {
      // Later rows come earlier in key order.
      const int ms = first_ms + rows - i;
      sightings.push_back(Seen(i % 3 == 0 ? "" : "A", fmt::format("K{}", i % 2), kDay, ms));
    }
    return Append(*store_, clock_, sightings).value();
  }

  std::shared_ptr<const DayReader> Open() { return store_->OpenDay(kDay).value(); }

  // The sequences of the log from `from` on.
  std::vector<Sequence> Log(uint64_t from, size_t limit = kAll) {
    std::vector<Sequence> sequences;
    for (const RowVersion& version : Open()->ReadLog(from, limit)) {
      sequences.push_back(version.sequence);
    }
    return sequences;
  }

  static std::set<Sequence> AsSet(const std::vector<Sequence>& sequences) {
    return {sequences.begin(), sequences.end()};
  }

  void WriteFile(const std::string& name) {
    std::ofstream(Open()->segment_directory() / name) << "segment";
  }

  bool Exists(const std::string& name) { return fs::exists(Open()->segment_directory() / name); }

  Status Commit(uint64_t sealed_to, std::vector<SegmentEntry> added,
                std::vector<std::string> removed = {}) {
    return store_->CommitSegments(kDay, sealed_to, added, removed);
  }

  TemporaryDirectory directory_;
  fs::path data_ = directory_.path() / "data";
  int copies_ = 0;
  SetClock clock_{kDay.start()};
  std::unique_ptr<Store> store_ = OpenStore(Data(), clock_);
};

TEST_F(DayLogTest, NamesEveryVersionInTheOrderOfTheBatches) {
  const AppendResult first = Add(0, 5);
  const AppendResult second = Add(100, 3);
  const Sequence corrected = store_->Correct(first.ids[2], {.plate = "B"})->sequence;
  Add(200, 1);
  const Sequence begin = first.last_sequence - 4;
  for (int round = 0; round < 3; ++round) {
    const auto reader = Open();
    EXPECT_EQ(reader->sealed_to(), 0u);
    EXPECT_EQ(reader->log_end(), 10u);
    const std::vector<Sequence> all = Log(0);
    ASSERT_EQ(all.size(), 10u);
    for (const auto& [from, to] : {std::pair(0, 5), std::pair(5, 8)}) {
      std::set<Sequence> expected;
      for (int i = from; i < to; ++i) expected.insert(begin + static_cast<Sequence>(i));
      EXPECT_EQ(AsSet({all.begin() + from, all.begin() + to}), expected);
    }
    EXPECT_EQ(all[8], corrected);
    EXPECT_EQ(all[9], corrected + 1);
    EXPECT_EQ(Log(3, 4), (std::vector<Sequence>(all.begin() + 3, all.begin() + 7)));
    EXPECT_EQ(Log(9, 4), (std::vector<Sequence>(all.begin() + 9, all.end())));
    EXPECT_TRUE(Log(10).empty());
    const RowVersion row = reader->ReadLog(8, 1)[0];
    EXPECT_EQ(reader->Get({&row.key, 1}, row.sequence).value()[0]->sighting.plate, "B");
    if (round == 0) Reopen();
    if (round == 1) Kill();
  }
  EXPECT_EQ(store_->UnsealedDays(), std::vector{kDay});
}

TEST_F(DayLogTest, BeginsBehindWhatSegmentsHold) {
  Add(0, 10);
  Add(100, 10);
  const std::vector<Sequence> all = Log(0);
  WriteFile("one");
  ASSERT_TRUE(Commit(5, {{"one", "in the middle of a batch"}}).has_value());
  WriteFile("two");
  ASSERT_TRUE(Commit(12, {{"two", "\x01\xFF"}}).has_value());
  for (int round = 0; round < 3; ++round) {
    const auto reader = Open();
    EXPECT_EQ(reader->sealed_to(), 12u);
    EXPECT_EQ(reader->log_end(), 20u);
    EXPECT_EQ(Log(12), (std::vector<Sequence>(all.begin() + 12, all.end())));
    EXPECT_EQ(Log(15, 2), (std::vector<Sequence>(all.begin() + 15, all.begin() + 17)));
    EXPECT_TRUE(Log(11).empty());
    const std::vector<SegmentEntry> expected = {{"one", "in the middle of a batch"},
                                                {"two", "\x01\xFF"}};
    EXPECT_EQ(reader->Segments(), expected);
    EXPECT_EQ(store_->UnsealedDays(), std::vector{kDay});
    if (round == 0) Reopen();
    if (round == 1) Kill();
  }
  WriteFile("merged");
  ASSERT_TRUE(Commit(20, {{"merged", ""}}, {"one", "two"}).has_value());
  EXPECT_FALSE(Exists("one"));
  EXPECT_FALSE(Exists("two"));
  EXPECT_TRUE(store_->UnsealedDays().empty());
  Reopen();
  EXPECT_TRUE(store_->UnsealedDays().empty()) << "remembered";
  EXPECT_EQ(store_->GetStats()->open_days, 0u) << "no day is opened to know it";
  EXPECT_EQ(Open()->Segments(), (std::vector<SegmentEntry>{{"merged", ""}}));
  EXPECT_TRUE(Exists("merged"));
  Add(200, 1);
  EXPECT_EQ(store_->UnsealedDays(), std::vector{kDay});
  Kill();
  EXPECT_EQ(store_->UnsealedDays(), std::vector{kDay});
  EXPECT_EQ(Log(20).size(), 1u);
}

TEST_F(DayLogTest, FilesComeAndGoWhileTheLogStaysWhereItIs) {
  Add(0, 10);
  WriteFile("segment");
  ASSERT_TRUE(Commit(10, {{"segment", "all rows"}}).has_value());
  WriteFile("graph");
  ASSERT_TRUE(Commit(10, {{"graph", "of segment"}}).has_value());
  EXPECT_EQ(Open()->Segments(),
            (std::vector<SegmentEntry>{{"segment", "all rows"}, {"graph", "of segment"}}));
  EXPECT_TRUE(store_->UnsealedDays().empty());
  Kill();
  EXPECT_TRUE(Exists("graph"));
  ASSERT_TRUE(Commit(10, {}, {"graph"}).has_value());
  EXPECT_FALSE(Exists("graph"));
  for (const bool killed : {false, true}) {
    if (killed) Kill();
    EXPECT_EQ(Open()->Segments(), (std::vector<SegmentEntry>{{"segment", "all rows"}}));
    EXPECT_EQ(Open()->sealed_to(), 10u);
    EXPECT_EQ(Open()->log_end(), 10u);
    EXPECT_TRUE(Exists("segment"));
  }
}

TEST_F(DayLogTest, RefusesSegmentsThatDoNotFit) {
  Add(0, 10);
  WriteFile("one");
  ASSERT_TRUE(Commit(4, {{"one", ""}}).has_value());
  WriteFile("two");
  const auto code = [](const Status& status) { return status.error().code; };
  EXPECT_EQ(code(Commit(3, {{"two", ""}})), ErrorCode::kInvalidArgument) << "backwards";
  EXPECT_EQ(code(Commit(11, {{"two", ""}})), ErrorCode::kInvalidArgument) << "past the end";
  EXPECT_EQ(code(Commit(5, {{"one", ""}})), ErrorCode::kInvalidArgument) << "listed already";
  EXPECT_EQ(code(Commit(5, {{"../two", ""}})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(Commit(5, {{"", ""}})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(Commit(5, {{"none", ""}})), ErrorCode::kInvalidArgument) << "no such file";
  EXPECT_EQ(code(Commit(5, {}, {"none"})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(store_->CommitSegments(Day{1}, 0, {}, {})), ErrorCode::kNotFound);
  EXPECT_EQ(Open()->sealed_to(), 4u);
  EXPECT_EQ(Open()->Segments(), (std::vector<SegmentEntry>{{"one", ""}}));
}

TEST_F(DayLogTest, FilesThatAreNotListedGoWhenTheDayIsOpened) {
  Add(0, 10);
  WriteFile("listed");
  ASSERT_TRUE(Commit(10, {{"listed", ""}}).has_value());
  WriteFile("leftover");
  Reopen();
  EXPECT_TRUE(Exists("listed"));
  EXPECT_FALSE(Exists("leftover"));
}

TEST_F(DayLogTest, AListedFileThatIsMissingIsForTheIndexToMend) {
  Add(0, 10);
  const Sequence corrected =
      store_->Correct(Append(*store_, clock_, {Seen("A", "K1", kDay, 50)})->ids[0], {.plate = "B"})
          ->sequence;
  const std::set<Sequence> all = AsSet(Log(0));
  ASSERT_EQ(all.size(), 12u);
  WriteFile("one");
  ASSERT_TRUE(Commit(6, {{"one", ""}}).has_value());
  WriteFile("two");
  ASSERT_TRUE(Commit(12, {{"two", ""}}).has_value());
  const fs::path lost = Open()->segment_directory() / "one";
  store_.reset();
  fs::remove(lost);
  store_ = OpenStore(Data(), clock_);
  EXPECT_EQ(Open()->sealed_to(), 12u);
  EXPECT_EQ(Open()->Segments().size(), 2u);
  EXPECT_TRUE(Exists("two"));
  ASSERT_TRUE(store_->DropSegments(kDay).has_value());
  EXPECT_EQ(Open()->sealed_to(), 0u);
  EXPECT_TRUE(Open()->Segments().empty());
  EXPECT_FALSE(Exists("two"));
  EXPECT_EQ(AsSet(Log(0)), all);
  EXPECT_TRUE(all.contains(corrected));
  EXPECT_EQ(store_->UnsealedDays(), std::vector{kDay});
}

TEST_F(DayLogTest, WithoutSegmentsKeepsOneOrderWhileMoreArrives) {
  const AppendResult first = Add(0, 50);
  for (int i = 0; i < 5; ++i) {
    store_->Correct(first.ids[static_cast<size_t>(10 * i)], {.plate = "B"}).value();
  }
  ASSERT_TRUE(Commit(55, {}).has_value());
  ASSERT_TRUE(store_->DropSegments(kDay).has_value());
  const std::vector<Sequence> dropped = Log(0);
  EXPECT_EQ(AsSet(dropped).size(), 55u);
  Add(1000, 10);  // in key order among the others
  store_->Correct(first.ids[1], {.plate = "C"}).value();
  std::vector<Sequence> all = Log(0);
  ASSERT_EQ(all.size(), 66u);
  EXPECT_EQ(std::vector<Sequence>(all.begin(), all.begin() + 55), dropped);
  EXPECT_EQ(AsSet(all).size(), 66u);
  // Some of it sealed, reopened, killed: the rest stays in its place.
  ASSERT_TRUE(Commit(20, {}).has_value());
  Reopen();
  EXPECT_EQ(Log(20), std::vector<Sequence>(all.begin() + 20, all.end()));
  Add(2000, 2);
  Kill();
  const std::vector<Sequence> rest = Log(20);
  ASSERT_EQ(rest.size(), 48u);
  EXPECT_EQ(std::vector<Sequence>(rest.begin(), rest.begin() + 46),
            std::vector<Sequence>(all.begin() + 20, all.end()));
  EXPECT_EQ(Log(40, 20), std::vector<Sequence>(rest.begin() + 20, rest.begin() + 40));
  EXPECT_EQ(Log(53, 4), std::vector<Sequence>(rest.begin() + 33, rest.begin() + 37));
}

TEST_F(DayLogTest, NotesStayUntilTheDictionaryHasCountedThem) {
  // Sealed at once, and killed before any merge: the readings are still to be counted.
  Add(0, 9);
  ASSERT_TRUE(Commit(9, {}).has_value());
  Kill();
  EXPECT_EQ(PlateCounts(*store_, store_->VisibleSequence()), std::vector<std::string>{"A 6"});
}

TEST_F(DayLogTest, RetentionTakesSegmentsWithTheirDay) {
  Add(0, 5);
  WriteFile("one");
  ASSERT_TRUE(Commit(5, {{"one", ""}}).has_value());
  clock_.Set(kDay.start() + 10 * kMillisecondsPerDay);
  store_.reset();
  store_ = OpenStore(Data(), clock_, {.retention_days = 5});
  ASSERT_EQ(store_->ApplyRetention().value(), std::vector{kDay});
  EXPECT_FALSE(fs::exists(Data() / "days" / FormatDay(kDay)));
  EXPECT_TRUE(store_->UnsealedDays().empty());
}

}  // namespace
}  // namespace sightline::storage
