// Graphs come and go with the segments they are over, and never change an answer for the worse.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
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

namespace fs = std::filesystem;

constexpr Day kDay{17'065};
constexpr TimestampMs kNow{1'474'450'000'000};
constexpr size_t kRows = 4'000;

const VectorSpace kVehicle{.name = "vehicle"};

class GraphLifecycle : public ::testing::Test {
 protected:
  GraphLifecycle()
      : day_(seed_, {.times = 86'400'000,
                     .corrections = 0,
                     .spaces = {kVehicle, {.name = "detail", .bytes = 512}},
                     .vectors = 1}) {
    SetLogLevel(LogLevel::kOff);
  }
  ~GraphLifecycle() override { SetLogLevel(LogLevel::kInfo); }

  std::unique_ptr<ColumnIndex> MakeIndex(ColumnIndexOptions options = {}) {
    options.graph_vectors = 1'000;
    return ColumnIndex::Create(feed_, options);
  }

  void AppendAndSeal(ColumnIndex& index, size_t count) {
    feed_.Append(kDay, day_.Next(count));
    const auto sealed = index.SealOnce(kDay, kNow, /*force=*/true, Cancellation());
    ASSERT_TRUE(sealed && *sealed);
  }

  bool Build(ColumnIndex& index, TimestampMs now = kNow, bool force = true,
             const std::function<void(double)>& pace = nullptr) {
    const auto built = index.BuildGraphOnce(kDay, now, force, 1, pace, Cancellation());
    EXPECT_TRUE(built) << built.error().message;
    return built && *built;
  }

  static ColumnIndex::DayStats StatsOf(ColumnIndex& index) {
    EXPECT_TRUE(index.Open(kDay, Cancellation()));
    return index.GetStats().at(0);
  }
  static ColumnIndex::SpaceStats VehicleOf(ColumnIndex& index) {
    return StatsOf(index).spaces["vehicle"];
  }

  std::vector<fs::path> Files(std::string_view extension) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(feed_.Directory(kDay))) {
      if (entry.path().extension() == extension) files.push_back(entry.path());
    }
    return files;
  }

  // Asks `count` questions, exactly and not; tells how many of the true ten nearest were found.
  double ExpectAnswersOf(ColumnIndex& index, int count, NearestCost* costs = nullptr) {
    const auto columns = index.Open(kDay, Cancellation());
    EXPECT_TRUE(columns);
    if (!columns) return 0;
    size_t found = 0;
    for (int i = 0; i < count; ++i) {
      NearestQuery nearest{.space = kVehicle, .vectors = {day_.Vector(kVehicle)}, .k = 10};
      const ColumnQuery query{.as_of = day_.last_sequence()};
      const auto all = AllNearest(day_, nearest, query);
      NearestCost cost;
      const auto answer = (*columns)->Nearest(nearest, query, cost, Cancellation());
      EXPECT_TRUE(answer) << answer.error().message;
      if (!answer) return 0;
      EXPECT_EQ(answer->front().size(), std::min<size_t>(10, all.size()));
      for (const NearRow& row : answer->front()) found += row.distance <= all[9].distance ? 1 : 0;
      if (costs != nullptr) costs->Add(cost);
      nearest.exact = true;
      const auto exact = (*columns)->Nearest(nearest, query, cost, Cancellation());
      EXPECT_TRUE(exact);
      if (exact) ExpectNearest(exact->front(), all, 10);
    }
    return static_cast<double>(found) / (10 * count);
  }

  const uint64_t seed_ = std::random_device()();
  ::testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
  MemoryFeed feed_;
  RandomDay day_;
};

TEST_F(GraphLifecycle, AGraphIsBuiltListedAndWalked) {
  const auto index = MakeIndex();
  AppendAndSeal(*index, 12'000);
  EXPECT_EQ(VehicleOf(*index).graphs, 0u);
  NearestCost before;
  EXPECT_EQ(ExpectAnswersOf(*index, 5, &before), 1);
  EXPECT_EQ(before.segments_without_graph, 5u);

  // 30,000 vectors of the one space, and a tenth of that of the other.
  EXPECT_TRUE(Build(*index));
  EXPECT_TRUE(Build(*index));
  EXPECT_FALSE(Build(*index));
  const auto vehicle = VehicleOf(*index);
  EXPECT_EQ(vehicle.vectors, 12'000u);
  EXPECT_EQ(vehicle.sealed_vectors, 12'000u);
  EXPECT_EQ(vehicle.graphed_vectors, 12'000u);
  EXPECT_EQ(vehicle.graphs, 1u);
  EXPECT_EQ(Files(".graph").size(), 2u);
  uint64_t bytes = 0;
  for (const char* extension : {".graph", ".segment"}) {
    for (const fs::path& file : Files(extension)) bytes += fs::file_size(file);
  }
  EXPECT_EQ(StatsOf(*index).bytes, bytes);
  NearestCost after;
  EXPECT_GE(ExpectAnswersOf(*index, 40, &after), 0.95);
  EXPECT_EQ(after.segments_walked, 40u);

  const auto restarted = MakeIndex();
  EXPECT_EQ(VehicleOf(*restarted).graphed_vectors, 12'000u);
  EXPECT_FALSE(Build(*restarted));
  EXPECT_GE(ExpectAnswersOf(*restarted, 20), 0.95);
  EXPECT_EQ(feed_.ResetCount(), 0u);
}

TEST_F(GraphLifecycle, ADamagedGraphGoesAloneAndIsBuiltAgain) {
  AppendAndSeal(*MakeIndex(), kRows);
  EXPECT_TRUE(Build(*MakeIndex()));
  std::mt19937_64 random(seed_);
  for (int round = 0; round < 12; ++round) {
    const fs::path path = Files(".graph").at(0);
    switch (round % 4) {
      case 0:
        fs::remove(path);
        break;
      case 1:
        fs::resize_file(path, random() % fs::file_size(path));
        break;
      case 2:  // another file's content
        fs::copy_file(Files(".segment").at(0), path, fs::copy_options::overwrite_existing);
        break;
      default: {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        const auto at = static_cast<std::streamoff>(random() % fs::file_size(path));
        file.seekg(at);
        const int byte = file.get();
        file.seekp(at);
        file.put(static_cast<char>(byte ^ (1 << random() % 8)));
      }
    }
    const auto index = MakeIndex();
    EXPECT_EQ(VehicleOf(*index).graphs, 0u);
    EXPECT_EQ(VehicleOf(*index).sealed_vectors, kRows) << "its segment is as it was";
    EXPECT_EQ(ExpectAnswersOf(*index, 2), 1);
    EXPECT_TRUE(Files(".graph").empty());
    EXPECT_TRUE(Build(*index));
    EXPECT_EQ(Files(".graph").size(), 1u);
  }
  EXPECT_EQ(feed_.ResetCount(), 0u);
}

TEST_F(GraphLifecycle, AnyBitMayFlipInAnyFile) {
  {
    const auto index = MakeIndex();
    AppendAndSeal(*index, 1'100);
    while (Build(*index)) {
    }
  }
  std::mt19937_64 random(seed_);
  size_t graphs_lost = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<fs::path> files = Files(".graph");
    for (const fs::path& file : Files(".segment")) files.push_back(file);
    const fs::path path = files[random() % files.size()];
    {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      const auto at = static_cast<std::streamoff>(random() % fs::file_size(path));
      file.seekg(at);
      const int byte = file.get();
      file.seekp(at);
      file.put(static_cast<char>(byte ^ (1 << random() % 8)));
    }
    const auto index = MakeIndex();
    graphs_lost += VehicleOf(*index).graphs == 0 ? 1 : 0;
    ASSERT_EQ(ExpectAnswersOf(*index, 1), 1) << "a damaged " << path.extension();
    EXPECT_EQ(VehicleOf(*index).vectors, 1'100u);
    for (bool more = true; more;) {
      const auto sealed = index->SealOnce(kDay, kNow, true, Cancellation());
      ASSERT_TRUE(sealed);
      more = *sealed;
    }
    while (Build(*index)) {
    }
  }
  EXPECT_EQ(graphs_lost, 200u) << "every flip is found out, in the graph or in its segment";
}

TEST_F(GraphLifecycle, GraphsGoWithTheSegmentsThatAreMerged) {
  const auto index = MakeIndex();
  for (int i = 0; i < 3; ++i) {
    AppendAndSeal(*index, kRows);
    EXPECT_TRUE(Build(*index));
  }
  EXPECT_EQ(VehicleOf(*index).graphs, 3u);
  const auto held = *index->Open(kDay, Cancellation());
  EXPECT_TRUE(*index->SealOnce(kDay, kNow, true, Cancellation()));
  EXPECT_EQ(StatsOf(*index).segments, 1u);
  EXPECT_EQ(VehicleOf(*index).graphs, 0u);
  EXPECT_TRUE(Files(".graph").empty());
  EXPECT_EQ(ExpectAnswersOf(*index, 5), 1);
  EXPECT_TRUE(Build(*index));
  EXPECT_GE(ExpectAnswersOf(*index, 50), 0.95);

  NearestCost cost;
  NearestQuery nearest{.space = kVehicle, .vectors = {day_.Vector(kVehicle)}};
  EXPECT_TRUE(held->Nearest(nearest, {.as_of = day_.last_sequence()}, cost, Cancellation()))
      << "what is open stays mapped";
}

TEST_F(GraphLifecycle, SealingAndRebuildingGoOnWhileAGraphIsBuilt) {
  const auto index = MakeIndex();
  AppendAndSeal(*index, kRows);
  AppendAndSeal(*index, kRows - 1);
  bool done = false;
  EXPECT_TRUE(Build(*index, kNow, true, [&](double) {
    if (std::exchange(done, true)) return;
    AppendAndSeal(*index, 100);
    // The segment that gets the graph is in no merge; the two others are.
    while (*index->SealOnce(kDay, kNow, true, Cancellation())) {
    }
    EXPECT_EQ(StatsOf(*index).segments, 2u);
  }));
  EXPECT_TRUE(done);
  EXPECT_EQ(VehicleOf(*index).graphs, 1u);
  EXPECT_EQ(VehicleOf(*index).graphed_vectors, kRows);
  ExpectAnswersOf(*index, 5);

  // A graph over a segment that was written anew meanwhile is none.
  done = false;
  EXPECT_FALSE(Build(*index, kNow, true, [&](double) {
    if (std::exchange(done, true)) return;
    for (const auto& segment : index->Segments(kDay)) {
      if (segment.spaces.at("vehicle").graphs == 0) {
        EXPECT_TRUE(index->Rebuild(kDay, segment.name, "", Cancellation()));
      }
    }
  }));
  EXPECT_TRUE(done);
  EXPECT_EQ(Files(".graph").size(), 1u);
  EXPECT_TRUE(Build(*index));
  ExpectAnswersOf(*index, 5);
  EXPECT_EQ(feed_.ResetCount(), 0u);
}

TEST_F(GraphLifecycle, ASegmentOrOneGraphIsMadeAnew) {
  const auto index = MakeIndex();
  AppendAndSeal(*index, kRows);
  while (Build(*index)) {
  }
  const auto before = index->Segments(kDay).at(0);
  EXPECT_EQ(before.rows, kRows);
  EXPECT_EQ(before.spaces.at("vehicle").graphs, 1u);

  ASSERT_TRUE(index->Rebuild(kDay, before.name, "vehicle", Cancellation()));
  EXPECT_EQ(index->Segments(kDay).at(0).name, before.name);
  EXPECT_EQ(VehicleOf(*index).graphs, 0u);
  EXPECT_TRUE(Build(*index));

  ASSERT_TRUE(index->Rebuild(kDay, before.name, "", Cancellation()));
  const auto after = index->Segments(kDay).at(0);
  EXPECT_NE(after.name, before.name);
  EXPECT_EQ(after.rows, before.rows);
  EXPECT_EQ(after.bytes, before.bytes);
  EXPECT_EQ(after.spaces.at("vehicle").graphs, 0u);
  EXPECT_EQ(Files(".segment").size(), 1u);
  EXPECT_TRUE(Files(".graph").empty());
  ExpectAnswersOf(*index, 5);

  for (const char* space : {"", "vehicle"}) {
    const Status none = index->Rebuild(kDay, before.name, space, Cancellation());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  }
}

TEST_F(GraphLifecycle, GraphsAreDueOnceNothingIsLikelyToBeMerged) {
  const auto index = MakeIndex({.seal_rows = 1'100, .seal_idle_ms = 500, .max_segment_rows = 6'000});
  const auto at = [](int64_t later) { return kNow + later; };
  const auto seal = [&](int64_t later) {
    return *index->SealOnce(kDay, at(later), false, Cancellation());
  };
  feed_.Append(kDay, day_.Next(1'100));
  EXPECT_TRUE(seal(0));
  EXPECT_FALSE(Build(*index, at(499), false)) << "a bulk load would merge it soon";
  feed_.Append(kDay, day_.Next(1));
  EXPECT_FALSE(seal(499));
  EXPECT_TRUE(Build(*index, at(500), false)) << "rows come slowly";

  // A second one waits for a while, and both are merged when no more rows come.
  feed_.Append(kDay, day_.Next(1'100));
  EXPECT_TRUE(seal(600));
  EXPECT_FALSE(Build(*index, at(601), false));
  EXPECT_TRUE(Build(*index, at(1'200), false));
  EXPECT_EQ(StatsOf(*index).segments, 1u) << "merged before a graph was built";
  EXPECT_EQ(VehicleOf(*index).graphed_vectors, 2'201u);
  EXPECT_FALSE(Build(*index, at(9'000), false));
}

TEST_F(GraphLifecycle, ABuildThatIsCancelledOrCannotBeListedLeavesNothing) {
  const auto index = MakeIndex();
  AppendAndSeal(*index, kRows);
  Cancellation cancelled;
  cancelled.Cancel();
  EXPECT_FALSE(index->BuildGraphOnce(kDay, kNow, true, 1, nullptr, cancelled));
  EXPECT_TRUE(Files(".graph").empty());
  feed_.FailCommits(MemoryFeed::Failure::kBefore);
  EXPECT_FALSE(index->BuildGraphOnce(kDay, kNow, true, 1, nullptr, Cancellation()));
  feed_.FailCommits(MemoryFeed::Failure::kNone);
  EXPECT_TRUE(Files(".graph").empty());
  EXPECT_TRUE(Files(".tmp").empty());
  ExpectAnswersOf(*index, 3);
  feed_.FailCommits(MemoryFeed::Failure::kAfter);
  EXPECT_FALSE(index->BuildGraphOnce(kDay, kNow, true, 1, nullptr, Cancellation()));
  feed_.FailCommits(MemoryFeed::Failure::kNone);
  EXPECT_EQ(VehicleOf(*index).graphs, 1u) << "it was listed all the same";
}

}  // namespace
}  // namespace sightline::index
