// The nearest rows of a day: as a model says that compares every row.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <random>
#include <string>
#include <utility>

#include "core/log.h"
#include "index/column_index.h"
#include "tests/unit/index/memory_feed.h"
#include "tests/unit/index/nearest_model.h"
#include "tests/unit/index/random_day.h"

namespace sightline::index {
namespace {

constexpr Day kDay{17'065};
constexpr TimestampMs kNow{1'474'450'000'000};

std::vector<VectorSpace> EverySpace() {
  std::vector<VectorSpace> spaces;
  for (const auto element : {VectorElement::kU8, VectorElement::kI8, VectorElement::kF32}) {
    for (const auto metric :
         {VectorMetric::kL2, VectorMetric::kCosine, VectorMetric::kInnerProduct}) {
      spaces.push_back({.name = std::string(ElementName(element)) + "_" +
                                std::string(MetricName(metric)),
                        .bytes = spaces.size() % 2 == 0 ? 128U : 512U,
                        .element = element,
                        .metric = metric});
    }
  }
  return spaces;
}

class NearestTest : public ::testing::Test {
 protected:
  NearestTest() { SetLogLevel(LogLevel::kOff); }
  ~NearestTest() override { SetLogLevel(LogLevel::kInfo); }

  std::shared_ptr<const DayColumns> Open(ColumnIndex& index) {
    auto columns = index.Open(kDay, Cancellation());
    EXPECT_TRUE(columns) << columns.error().message;
    return columns ? *columns : nullptr;
  }

  void Append(RandomDay& day, size_t count) { feed_.Append(kDay, day.Next(count)); }

  void SealAll(ColumnIndex& index) {
    for (bool more = true; more;) {
      const auto sealed = index.SealOnce(kDay, kNow, /*force=*/true, Cancellation());
      ASSERT_TRUE(sealed) << sealed.error().message;
      more = *sealed;
    }
  }

  NearestQuery Question(RandomDay& day, const VectorSpace& space) {
    NearestQuery nearest{.space = space, .exact = true};
    for (size_t i = 1 + (day.random()() % 4 == 0 ? day.random()() % 5 : 0); i > 0; --i) {
      nearest.vectors.push_back(day.Vector(space));
    }
    const size_t sizes[] = {1, 10, 10, 10, 100, 5'000};
    nearest.k = sizes[day.random()() % std::size(sizes)];
    if (day.random()() % 4 == 0) {
      nearest.max_distance =
          VectorDistance(space, nearest.vectors.front(), day.Vector(space));
    }
    if (day.random()() % 4 == 0) {
      auto& without = nearest.without_plates;
      for (int i = 0; i < 20; ++i) {
        const IndexRow& row = day.versions()[day.random()() % day.versions().size()];
        if (!row.plate.empty()) without.push_back(row.plate);
      }
      std::sort(without.begin(), without.end());
      without.erase(std::unique(without.begin(), without.end()), without.end());
    }
    return nearest;
  }

  // Asks `count` random questions in every space.
  void ExpectAnswersOf(ColumnIndex& index, RandomDay& day, int count) {
    const auto columns = Open(index);
    ASSERT_NE(columns, nullptr);
    for (const VectorSpace& space : feed_.Spaces()) {
      for (int i = 0; i < count; ++i) {
        const ColumnQuery query =
            i % 3 == 0 ? ColumnQuery{.as_of = day.last_sequence()} : day.Query();
        NearestQuery nearest = Question(day, space);
        NearestCost cost;
        const auto answers = columns->Nearest(nearest, query, cost, Cancellation());
        ASSERT_TRUE(answers) << answers.error().message;
        ASSERT_EQ(answers->size(), nearest.vectors.size());
        EXPECT_EQ(cost.segments, cost.segments_scanned + cost.segments_walked);
        for (const auto& answer : *answers) {
          SCOPED_TRACE(space.name + ", question " + std::to_string(i));
          ASSERT_NO_FATAL_FAILURE(
              ExpectNearest(answer, AllNearest(day, nearest, query), nearest.k));
          nearest.vectors.erase(nearest.vectors.begin());
        }
      }
    }
  }

  MemoryFeed feed_;
};

TEST_F(NearestTest, ExactAnswersAreAsAModelSays) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (const double vectors : {1.0, 0.5, 0.02}) {
    feed_.Delete(kDay);
    feed_.SetSpaces(EverySpace());
    RandomDay day(seed, {.spaces = EverySpace(), .vectors = vectors, .fewer_vectors = 1});
    const auto index =
        ColumnIndex::Create(feed_, {.seal_rows = 1'000, .max_segment_rows = 4'000});
    for (const size_t count : {1, 50, 1'500, 3'000, 1, 1}) {
      Append(day, count);
      ExpectAnswersOf(*index, day, 3);
      ASSERT_TRUE(index->SealOnce(kDay, kNow, false, Cancellation()));
    }
    SealAll(*index);
    ExpectAnswersOf(*index, day, 12);
    EXPECT_EQ(feed_.ResetCount(), 0u);
  }
}

TEST_F(NearestTest, WalksFillAnswersWithRowsThatPass) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  const VectorSpace space{.name = "vehicle"};
  RandomDay day(seed, {.times = 86'400'000, .spaces = {space}, .vectors = 0.9});
  const auto index = ColumnIndex::Create(feed_, {.graph_vectors = 1'000});
  for (const size_t count : {12'000, 8'000}) {
    Append(day, count);
    ASSERT_TRUE(index->SealOnce(kDay, kNow, true, Cancellation()));
    ASSERT_TRUE(*index->BuildGraphOnce(kDay, kNow, true, 1, nullptr, Cancellation()));
  }
  Append(day, 500);
  const auto columns = Open(*index);
  NearestCost cost;
  size_t found = 0;
  size_t wanted = 0;
  for (int i = 0; i < 150; ++i) {
    SCOPED_TRACE("question " + std::to_string(i));
    NearestQuery nearest = Question(day, space);
    nearest.exact = false;
    nearest.k = std::min<size_t>(nearest.k, 100);
    ColumnQuery query{.as_of = day.last_sequence()};
    if (i % 3 == 0) query = day.Query();
    // Half of the rows, near the query or far from it alike.
    if (i % 3 == 1) query.attributes = {{"color", {std::string("silver"), std::string("black")}}};
    const auto answers = columns->Nearest(nearest, query, cost, Cancellation());
    ASSERT_TRUE(answers) << answers.error().message;
    const bool bounded = nearest.max_distance < std::numeric_limits<double>::infinity();
    for (const auto& answer : *answers) {
      const auto all = AllNearest(day, nearest, query);
      nearest.vectors.erase(nearest.vectors.begin());
      const size_t full = std::min(nearest.k, all.size());
      ASSERT_LE(answer.size(), full);
      if (!bounded) {
        ASSERT_EQ(answer.size(), full);
      }
      wanted += full;
      for (const NearRow& row : answer) {
        ASSERT_NE(std::find(all.begin(), all.end(), row), all.end());
        found += row.distance <= all[full - 1].distance ? 1 : 0;
      }
    }
  }
  EXPECT_GT(cost.segments_walked, 10u);
  EXPECT_GE(static_cast<double>(found) / static_cast<double>(wanted), 0.95);
}

TEST_F(NearestTest, ExactAnswersHoldWhereFewRowsOfManyBlocksPass) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (const double vectors : {1.0, 0.5}) {
    feed_.Delete(kDay);
    RandomDay day(seed, {.spaces = EverySpace(), .vectors = vectors});
    feed_.SetSpaces(EverySpace());
    const auto index = ColumnIndex::Create(feed_, {});
    Append(day, 15'000);
    ASSERT_TRUE(index->SealOnce(kDay, kNow, true, Cancellation()));
    ExpectAnswersOf(*index, day, 6);
  }
}

// 30,000 rows of eight models, whose vectors lie together; within a model they differ in ten ways.
TEST_F(NearestTest, AFilterIsWalkedWhereItPassesWhatIsNearTheQuery) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  constexpr uint32_t kModels = 8;
  const VectorSpace space{.name = "vehicle"};
  const auto vector_of = [&](uint32_t model) {
    std::array<uint64_t, 10> ways;
    for (uint64_t& way : ways) way = random() % 60;
    std::string vector(space.bytes, '\0');
    for (size_t i = 0; i < vector.size(); ++i) {
      vector[i] = static_cast<char>((i % kModels == model ? 150 : 50) + ways[i % ways.size()] +
                                    random() % 4);
    }
    return vector;
  };
  RandomDay day(seed, {.times = 86'400'000});
  std::vector<IndexRow> rows = day.Next(30'000);
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto model = static_cast<uint32_t>(i / 16 % kModels);
    rows[i].vectors = {{space.name, vector_of(model)}};
    rows[i].attributes = {{"lot", std::to_string(random() % kModels)},
                          {"model", std::to_string(model)}};
  }
  feed_.SetSpaces({space});
  feed_.Append(kDay, rows);
  const auto index = ColumnIndex::Create(feed_, {.graph_vectors = 1'000});
  ASSERT_TRUE(index->SealOnce(kDay, kNow, true, Cancellation()));
  ASSERT_TRUE(*index->BuildGraphOnce(kDay, kNow, true, 1, nullptr, Cancellation()));
  const auto columns = Open(*index);
  for (const std::string name : {"model", "lot"}) {
    SCOPED_TRACE(name);
    NearestCost cost;
    size_t found = 0;
    size_t wanted = 0;
    for (uint32_t model = 0; model < kModels; ++model) {
      NearestQuery nearest{.space = space, .vectors = {vector_of(model)}, .k = 10};
      const ColumnQuery query{.as_of = day.last_sequence(),
                              .attributes = {{name, {std::to_string(model)}}}};
      const auto near = columns->Nearest(nearest, query, cost, Cancellation());
      ASSERT_TRUE(near) << near.error().message;
      nearest.exact = true;
      NearestCost ignored;
      const auto exact = columns->Nearest(nearest, query, ignored, Cancellation());
      ASSERT_TRUE(exact) << exact.error().message;
      ASSERT_EQ(near->front().size(), nearest.k);
      wanted += nearest.k;
      for (const NearRow& row : near->front()) {
        found += row.distance <= exact->front().back().distance ? 1 : 0;
      }
    }
    EXPECT_GE(static_cast<double>(found) / static_cast<double>(wanted), 0.95);
    // A walk may meet a poor corner of the graph and leave a question to the scan; few do.
    constexpr uint32_t kMost = kModels - 2;
    EXPECT_GE(name == "model" ? cost.segments_walked : cost.segments_scanned, kMost);
    EXPECT_EQ(cost.segments_walked + cost.segments_scanned, kModels);
  }
}

TEST_F(NearestTest, VectorsOfOtherLengthsAndSpacesAreNoneOfTheAnswer) {
  RandomDay day(1, {.vectors = 1});
  std::vector<IndexRow> rows = day.Next(3);
  rows[0].vectors = {{"unknown", std::string(128, 'a')}, {"vehicle", std::string(128, 'a')}};
  rows[1].vectors = {{"vehicle", std::string(64, 'a')}};
  rows[2].vectors.clear();
  feed_.Append(kDay, rows);
  const auto index = ColumnIndex::Create(feed_, {});
  NearestQuery nearest{.space = {.name = "vehicle"}, .vectors = {std::string(128, 'a')}};
  NearestCost cost;
  const auto near =
      Open(*index)->Nearest(nearest, {.as_of = day.last_sequence()}, cost, Cancellation());
  ASSERT_TRUE(near);
  ASSERT_EQ(near->front().size(), 1u);
  EXPECT_EQ(near->front()[0].key, rows[0].key);
  EXPECT_EQ(near->front()[0].distance, 0);

  nearest.space.name = "unknown";
  const auto none =
      Open(*index)->Nearest(nearest, {.as_of = day.last_sequence()}, cost, Cancellation());
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->front().empty());
}

}  // namespace
}  // namespace sightline::index
