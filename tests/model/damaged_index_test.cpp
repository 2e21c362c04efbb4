// A flipped bit in any file of the index is never a wrong answer: exact search is what comparing
// all that storage holds gives, and what is damaged is made again.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "core/clock.h"
#include "index/column_index.h"
#include "ingest/graph_builder.h"
#include "ingest/sealer.h"
#include "ingest/store_feed.h"
#include "tests/support/filled_store.h"

namespace sightline {
namespace {

namespace fs = std::filesystem;

constexpr Sequence kLatest = std::numeric_limits<Sequence>::max();
constexpr Day kDay{17'065};
constexpr int kRows = 500;
constexpr int kTries = 1000;
constexpr size_t kNearest = 12;

std::string RandomVector(size_t bytes, std::mt19937_64& random) {
  std::string vector(bytes, '\0');
  for (char& byte : vector) byte = static_cast<char>(random());
  return vector;
}

Sighting RandomSighting(int number, std::mt19937_64& random) {
  Sighting sighting;
  sighting.source_id = std::to_string(number);
  sighting.camera_id = "K-" + std::to_string(random() % 5);
  sighting.time = kDay.start() + static_cast<int64_t>(random() % 86'400'000);
  if (random() % 4 != 0) sighting.plate = "A" + std::to_string(random() % 60);
  sighting.plate_read = sighting.plate;
  sighting.attributes = {{"mark", static_cast<int64_t>(random() % 5)}};
  if (random() % 3 == 0) sighting.vectors.push_back({"detail", RandomVector(512, random)});
  if (random() % 8 != 0) sighting.vectors.push_back({"vehicle", RandomVector(128, random)});
  return sighting;
}

class DamagedIndex : public ::testing::Test {
 protected:
  DamagedIndex() {
    std::vector<Sighting> sightings;
    for (int i = 0; i < kRows; ++i) sightings.push_back(RandomSighting(i, random_));
    filled_.Add(sightings);
  }

  storage::Store& store() { return filled_.store(); }
  std::shared_ptr<const storage::DayReader> OpenDay() { return store().OpenDay(kDay).value(); }

  // As after a start: nothing is known of the files.
  std::unique_ptr<index::ColumnIndex> NewIndex() {
    return index::ColumnIndex::Create(feed_, {.graph_vectors = 50, .search_threads = 0});
  }

  void SealAndBuild(index::ColumnIndex& index) {
    const SystemClock clock;
    ASSERT_TRUE(ingest::SealAll(store(), index, clock, Cancellation()));
    ASSERT_TRUE(ingest::BuildAllGraphs(store(), index, clock, 1, nullptr, Cancellation()));
  }

  std::vector<std::string> Files() {
    std::vector<std::string> names;
    for (const storage::SegmentEntry& entry : OpenDay()->Segments()) names.push_back(entry.name);
    return names;
  }

  // Comparing everything, nearest first, ties by time, camera and identity.
  std::vector<index::NearRow> AllByDistance(const VectorSpace& space, const std::string& vector) {
    std::vector<index::NearRow> rows;
    const auto day = OpenDay();
    for (const auto row = day->Rows(); row->Valid(); row->Next()) {
      const StoredSighting stored = day->Decode(row->row(), kLatest).value();
      const auto& vectors = stored.sighting.vectors;
      const auto found = std::ranges::find(vectors, space.name, &AppearanceVector::space);
      if (found == vectors.end()) continue;
      rows.push_back({.key = row->row().key,
                      .version = stored.sequence,
                      .distance = VectorDistance(space, vector, found->bytes),
                      .plate = stored.sighting.plate});
    }
    std::ranges::sort(rows, {}, [](const index::NearRow& row) {
      return std::tuple(row.distance, row.key.ms_of_day, row.key.camera_number,
                        row.key.identity_hash);
    });
    return rows;
  }

  // Asks the index once exactly and once as it likes.
  void CheckAnswers(index::ColumnIndex& index) {
    const auto columns = index.Open(kDay, Cancellation());
    ASSERT_TRUE(columns) << columns.error().message;
    const VectorSpace& space = DefaultSpaces()[random_() % 2];
    const std::string vector = RandomVector(space.bytes, random_);
    const std::vector<index::NearRow> all = AllByDistance(space, vector);
    for (const bool exact : {true, false}) {
      index::NearestCost cost;
      const auto found = (*columns)->Nearest(
          {.space = space, .vectors = {vector}, .k = kNearest, .exact = exact},
          {.as_of = kLatest}, cost, Cancellation());
      ASSERT_TRUE(found) << found.error().message;
      ASSERT_EQ(found->size(), 1u);
      const std::vector<index::NearRow>& rows = found->front();
      ASSERT_EQ(rows.size(), kNearest);
      if (exact) {
        EXPECT_TRUE(std::ranges::equal(rows, std::span(all).first(kNearest)));
      } else {
        for (const index::NearRow& row : rows) {
          EXPECT_NE(std::ranges::find(all, row), all.end()) << "a row that there is not";
        }
      }
    }
  }

  std::mt19937_64::result_type seed_ = std::random_device()();
  std::mt19937_64 random_{seed_};
  testing::FilledStore filled_{testing::StoreKind::kRocksDb};
  ingest::StoreFeed feed_{filled_.store()};
};

TEST_F(DamagedIndex, AFlippedBitAnywhereIsNeverAWrongAnswer) {
  std::cout << "seed " << seed_ << std::endl;
  {
    const auto index = NewIndex();
    ASSERT_NO_FATAL_FAILURE(SealAndBuild(*index));
    ASSERT_NO_FATAL_FAILURE(CheckAnswers(*index));
  }
  size_t graphs_hit = 0;
  for (int i = 0; i < kTries; ++i) {
    const std::vector<std::string> files = Files();
    ASSERT_EQ(files.size(), 3u) << "a segment, and a graph of each space";
    const std::string& name = files[random_() % files.size()];
    const fs::path path = OpenDay()->segment_directory() / name;
    const uint64_t bit = random_() % (fs::file_size(path) * 8);
    SCOPED_TRACE(::testing::Message() << "try " << i << ": bit " << bit << " of " << name);
    {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(static_cast<std::streamoff>(bit / 8));
      const int byte = file.get();
      file.seekp(static_cast<std::streamoff>(bit / 8));
      file.put(static_cast<char>(byte ^ (1 << (bit % 8))));
    }
    graphs_hit += name.ends_with(".segment") ? 0 : 1;
    const auto index = NewIndex();
    ASSERT_NO_FATAL_FAILURE(CheckAnswers(*index));
    ASSERT_NO_FATAL_FAILURE(SealAndBuild(*index));
    const std::vector<std::string> made_again = Files();
    EXPECT_EQ(std::ranges::find(made_again, name), made_again.end()) << "the damage was not seen";
    ASSERT_NO_FATAL_FAILURE(CheckAnswers(*index));
    if (HasFailure()) return;
  }
  EXPECT_GT(graphs_hit, 0u);
}

}  // namespace
}  // namespace sightline
