#include "ingest/store_feed.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "tests/support/filled_store.h"

namespace sightline::ingest {
namespace {

using testing::FilledStore;
using testing::StoreKind;

constexpr Sequence kLatest = std::numeric_limits<Sequence>::max();
constexpr TimestampMs kNoon{17'000 * kMillisecondsPerDay + kMillisecondsPerDay / 2};

Sighting Reading(std::string plate, TimestampMs time) {
  Sighting sighting;
  sighting.camera_id = "K-1";
  sighting.time = time;
  sighting.plate = plate;
  sighting.plate_read = std::move(plate);
  sighting.plate_color = "blue";
  sighting.attributes = {{"brand", std::string("Audi")}};
  sighting.location = Position{116.3, 39.9};
  sighting.vectors = {{"detail", std::string(512, 'd')}, {"vehicle", std::string(128, 'v')}};
  return sighting;
}

class StoreFeedTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  std::shared_ptr<const index::DayFeed> OpenDay() { return *feed_.Open(DayOf(kNoon)); }

  FilledStore filled_{GetParam()};
  StoreFeed feed_{filled_.store()};
};

TEST_P(StoreFeedTest, ADayWithoutRowsIsNull) {
  const auto day = feed_.Open(Day{3});
  ASSERT_TRUE(day);
  EXPECT_EQ(*day, nullptr);
}

TEST_P(StoreFeedTest, ReadsWhatWasAppendedInTheOrderOfItsLog) {
  filled_.Add({Reading("B2", kNoon + 5)});
  filled_.Add({Reading("A1", kNoon), Reading("C3", kNoon + 9)});
  const auto day = OpenDay();
  ASSERT_NE(day, nullptr);
  EXPECT_EQ(day->sealed_to(), 0u);
  ASSERT_EQ(day->log_end(), 3u);
  const auto rows = day->Read(0, 10);
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 3u);
  EXPECT_EQ(rows->front().plate, "B2");
  EXPECT_EQ(rows->front().key.ms_of_day, MillisecondOfDay(kNoon + 5));
  EXPECT_EQ(rows->front().plate_color, "blue");
  EXPECT_EQ(rows->front().attributes, (std::vector<Attribute>{{"brand", std::string("Audi")}}));
  EXPECT_EQ(rows->front().location, (Position{116.3, 39.9}));
  EXPECT_EQ(rows->front().vectors, Reading("B2", kNoon).vectors);
  const auto last = day->Read(2, 10);
  ASSERT_TRUE(last);
  ASSERT_EQ(last->size(), 1u);
  EXPECT_EQ(last->front().sequence, rows->back().sequence);
}

TEST_P(StoreFeedTest, EachVersionOfACorrectedRowIsReadAsItWas) {
  const auto added = filled_.Add({Reading("A1", kNoon), Reading("B2", kNoon + 1)});
  ASSERT_TRUE(filled_.store().Correct(added.ids[0], {.plate = "A7"}));
  ASSERT_TRUE(filled_.store().Correct(added.ids[0], {.plate = "A9"}));
  const auto day = OpenDay();
  const auto rows = day->Read(0, 10);
  ASSERT_TRUE(rows) << rows.error().message;
  std::vector<std::string> plates;
  for (const index::IndexRow& row : *rows) {
    if (row.key.ms_of_day == MillisecondOfDay(kNoon)) plates.push_back(row.plate);
  }
  EXPECT_EQ(plates, (std::vector<std::string>{"A1", "A7", "A9"}));
  const index::IndexRow& corrected = (*rows)[2];
  EXPECT_FALSE(day->IsInForce(corrected.key, corrected.sequence, kLatest));
  EXPECT_TRUE(day->IsInForce(corrected.key, corrected.sequence, corrected.sequence));
  EXPECT_TRUE(day->IsInForce(rows->back().key, rows->back().sequence, kLatest));
}

TEST_P(StoreFeedTest, VersionsAreReadAgainInTheOrderThatIsAskedFor) {
  const auto added = filled_.Add({Reading("A1", kNoon), Reading("B2", kNoon + 1)});
  ASSERT_TRUE(filled_.store().Correct(added.ids[0], {.plate = "A7"}));
  const auto day = OpenDay();
  const auto logged = day->Read(0, 10);
  ASSERT_TRUE(logged);
  ASSERT_EQ(logged->size(), 3u);
  using Version = std::pair<RowKey, Sequence>;
  std::vector<Version> wanted;
  for (const size_t i : {size_t{2}, size_t{0}, size_t{1}, size_t{0}}) {
    wanted.emplace_back((*logged)[i].key, (*logged)[i].sequence);
  }
  const auto rows = day->ReadVersions(wanted);
  ASSERT_TRUE(rows) << rows.error().message;
  std::vector<std::string> plates;
  for (size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ((*rows)[i].key, wanted[i].first);
    EXPECT_EQ((*rows)[i].sequence, wanted[i].second);
    EXPECT_EQ((*rows)[i].vectors, Reading("", kNoon).vectors);
    plates.push_back((*rows)[i].plate);
  }
  EXPECT_EQ(plates[0], "A7");
  EXPECT_EQ(plates[1], plates[3]);
  EXPECT_EQ((std::set<std::string>{plates[1], plates[2]}), (std::set<std::string>{"A1", "B2"}));

  Version no_such_version = wanted[0];
  no_such_version.second += 5;
  Version no_such_row = wanted[0];
  no_such_row.first.identity_hash ^= 1;
  for (const Version& missing : {no_such_version, no_such_row}) {
    const auto read = day->ReadVersions({&missing, 1});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kCorruption);
  }
}

TEST_P(StoreFeedTest, TellsTheSpacesOfTheStore) {
  const VectorSpace face{.name = "face", .bytes = 512};
  ASSERT_TRUE(filled_.store().PutSpace(face));
  EXPECT_EQ(feed_.Spaces(), filled_.store().Spaces());
  EXPECT_EQ(feed_.Spaces().size(), 3u);
}

TEST_P(StoreFeedTest, WhatIsCommittedIsListedAndResetMakesTheLogBeginAnew) {
  filled_.Add({Reading("A1", kNoon), Reading("B2", kNoon + 1)});
  const Day number = DayOf(kNoon);
  const index::ListedSegment segment{.name = "1.seg", .description = "two rows"};
  {
    const std::filesystem::path directory = OpenDay()->directory();
    std::filesystem::create_directories(directory);
    std::ofstream(directory / segment.name) << "two rows";
  }
  ASSERT_TRUE(feed_.Commit(number, 2, {&segment, 1}, {}));
  {
    const auto day = OpenDay();
    EXPECT_EQ(day->sealed_to(), 2u);
    ASSERT_EQ(day->Segments().size(), 1u);
    EXPECT_EQ(day->Segments().front().name, "1.seg");
    EXPECT_EQ(day->Segments().front().description, "two rows");
  }
  ASSERT_TRUE(feed_.Reset(number));
  const auto day = OpenDay();
  EXPECT_EQ(day->sealed_to(), 0u);
  EXPECT_TRUE(day->Segments().empty());
  const auto rows = day->Read(0, 10);
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreFeedTest,
                         ::testing::Values(StoreKind::kMemory, StoreKind::kRocksDb),
                         [](const auto& test) { return testing::StoreKindName(test.param); });

}  // namespace
}  // namespace sightline::ingest
