#include "index/neighbour_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <thread>

#include "index/graph_format.h"
#include "tests/unit/index/vector_sets.h"

namespace sightline::index {
namespace {

Walk WalkTo(const VectorSet& set, const NeighbourGraph& graph, const std::string& query,
            const WalkOptions& options) {
  const PreparedVector prepared = DistanceKernels::Of(set.space).Prepare(query);
  return WalkGraph(graph, set.Array(), prepared, options, {}).value();
}

// On average over the queries, and of the tenth of them that fares worst.
struct Recall {
  double mean = 0;
  double worst_tenth = 0;
};

Recall MeasureRecall(const VectorSet& set, const NeighbourGraph& graph,
                     const WalkOptions& options) {
  std::vector<double> recalls;
  for (const std::string& query : set.queries) {
    recalls.push_back(
        RecallOf(WalkTo(set, graph, query, options), NearestKeys(set, query, options.k)));
  }
  std::sort(recalls.begin(), recalls.end());
  const auto mean = [](std::span<const double> of) {
    double sum = 0;
    for (const double recall : of) sum += recall;
    return sum / static_cast<double>(of.size());
  };
  return {mean(recalls), mean(std::span(recalls).first(recalls.size() / 10))};
}

void ExpectAscendingAndDistinct(const Walk& walk) {
  EXPECT_TRUE(std::is_sorted(walk.nearest.begin(), walk.nearest.end()));
  std::set<uint32_t> nodes;
  for (const NearNode& near : walk.nearest) nodes.insert(near.node);
  EXPECT_EQ(nodes.size(), walk.nearest.size());
}

struct SpaceCase {
  VectorElement element;
  VectorMetric metric;
  uint32_t bytes;
};

class GraphOfSpace : public testing::TestWithParam<SpaceCase> {};

TEST_P(GraphOfSpace, AWalkFindsTheNearest) {
  const auto [element, metric, bytes] = GetParam();
  const VectorSet set = SimulatedVectors(10'000, 200, element, metric, bytes);
  const auto built = Build(set, {.threads = 2});
  const Recall recall = MeasureRecall(set, *built->graph, {});
  EXPECT_GE(recall.mean, 0.95);
  EXPECT_GE(recall.worst_tenth, 0.75);
}

INSTANTIATE_TEST_SUITE_P(
    Spaces, GraphOfSpace,
    testing::Values(SpaceCase{VectorElement::kU8, VectorMetric::kL2, 128},
                    SpaceCase{VectorElement::kU8, VectorMetric::kL2, 512},
                    SpaceCase{VectorElement::kU8, VectorMetric::kCosine, 128},
                    SpaceCase{VectorElement::kI8, VectorMetric::kCosine, 128},
                    SpaceCase{VectorElement::kI8, VectorMetric::kInnerProduct, 128},
                    SpaceCase{VectorElement::kF32, VectorMetric::kL2, 128},
                    SpaceCase{VectorElement::kF32, VectorMetric::kCosine, 512},
                    SpaceCase{VectorElement::kF32, VectorMetric::kInnerProduct, 512}),
    [](const auto& space) {
      return std::string(ElementName(space.param.element)) +
             std::string(MetricName(space.param.metric)) + std::to_string(space.param.bytes);
    });

TEST(NeighbourGraph, AWalkFindsTheNearestRealDescriptors) {
  const std::optional<VectorSet> set = RealVectors();
  if (!set) GTEST_SKIP() << "bigann10k is not there: set SIGHTLINE_TEST_DATA";
  const auto built = Build(*set, {.threads = 2});
  // Each is its own nearest: eleven, less itself.
  const Recall recall = MeasureRecall(*set, *built->graph, {.k = 11});
  EXPECT_GE(recall.mean, 0.97);
  EXPECT_GE(recall.worst_tenth, 0.85);
}

TEST(NeighbourGraph, AThousandNearestAreFoundAsWell) {
  const VectorSet set =
      SimulatedVectors(10'000, 20, VectorElement::kU8, VectorMetric::kL2, 128);
  const auto built = Build(set);
  EXPECT_GE(MeasureRecall(set, *built->graph, {.k = 1'000}).mean, 0.95);
  ExpectAscendingAndDistinct(WalkTo(set, *built->graph, set.queries[0], {.k = 1'000}));
}

TEST(NeighbourGraph, FewNodesAreAllFound) {
  for (const size_t rows : {0, 1, 2, 3, 7}) {
    SCOPED_TRACE(rows);
    VectorSet set = SimulatedVectors(rows, 1, VectorElement::kU8, VectorMetric::kL2, 128);
    const auto built = Build(set);
    const Walk walk = WalkTo(set, *built->graph, set.queries[0], {.k = 10});
    EXPECT_EQ(walk.nearest.size(), rows);
    EXPECT_EQ(RecallOf(walk, NearestKeys(set, set.queries[0], 10)), 1);
    EXPECT_FALSE(walk.gave_up);
    ExpectAscendingAndDistinct(walk);
  }
}

TEST(NeighbourGraph, EqualVectorsNeitherHideNorCrowdOutOthers) {
  VectorSet set = SimulatedVectors(6'000, 100, VectorElement::kU8, VectorMetric::kL2, 128);
  const std::string often = set.Row(5);
  for (int i = 0; i < 10'000; ++i) set.rows += often;
  const auto built = Build(set, {.threads = 2});
  EXPECT_GE(MeasureRecall(set, *built->graph, {}).mean, 0.95);

  const Walk walk = WalkTo(set, *built->graph, often, {.k = 100});
  ASSERT_EQ(walk.nearest.size(), 100u);
  EXPECT_EQ(walk.nearest[0].node, 5u);
  EXPECT_EQ(walk.nearest[99].key, walk.nearest[0].key);
  ExpectAscendingAndDistinct(walk);
}

TEST(NeighbourGraph, NothingFartherThanAskedIsAnAnswer) {
  const VectorSet set = SimulatedVectors(2'000, 1, VectorElement::kU8, VectorMetric::kL2, 128);
  const auto built = Build(set);
  const std::vector<DistanceKey> truth = NearestKeys(set, set.queries[0], 10);
  ASSERT_LT(truth[4], truth[5]);
  const Walk walk = WalkTo(set, *built->graph, set.queries[0], {.k = 10, .within = truth[4]});
  EXPECT_EQ(walk.nearest.size(), 5u);
}

TEST(NeighbourGraph, AWalkThatMayVisitFewNodesSaysSo) {
  const VectorSet set = SimulatedVectors(2'000, 1, VectorElement::kU8, VectorMetric::kL2, 128);
  const auto built = Build(set);
  const Walk walk = WalkTo(set, *built->graph, set.queries[0], {.k = 10, .max_visited = 50});
  EXPECT_TRUE(walk.gave_up);
  EXPECT_LT(walk.visited, 200u);
}

TEST(NeighbourGraph, OneThreadBuildsTheSameBytesAgain) {
  const VectorSet set = SimulatedVectors(3'000, 0, VectorElement::kU8, VectorMetric::kL2, 128);
  const auto first = Build(set);
  const auto second = Build(set);
  EXPECT_TRUE(std::ranges::equal(first->output.bytes(), second->output.bytes()));
}

TEST(NeighbourGraph, CostsAtMost140BytesANode) {
  const VectorSet set = SimulatedVectors(20'000, 0, VectorElement::kU8, VectorMetric::kL2, 128);
  EXPECT_LE(Build(set, {.threads = 2})->output.bytes().size(), 140u * 20'000);
}

TEST(NeighbourGraph, ABuildIsCancelledAndSaysHowFarItIs) {
  const VectorSet set = SimulatedVectors(5'000, 0, VectorElement::kU8, VectorMetric::kL2, 128);
  MemoryOutput output;
  SegmentWriter writer(output);
  Cancellation cancellation;
  std::vector<double> shares;
  const GraphOptions options{.pace = [&](double share) {
    shares.push_back(share);
    if (share > 0.5) cancellation.Cancel();
  }};
  const Status status = WriteGraph(set.Array(), options, writer, cancellation);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_GT(shares.back(), 0.5);
  EXPECT_LT(shares.back(), 0.7);
}

TEST(NeighbourGraph, ACancelledWalkEnds) {
  const VectorSet set = SimulatedVectors(100, 1, VectorElement::kU8, VectorMetric::kL2, 128);
  const auto built = Build(set);
  Cancellation cancellation;
  cancellation.Cancel();
  const PreparedVector query = DistanceKernels::Of(set.space).Prepare(set.queries[0]);
  const auto walk = WalkGraph(*built->graph, set.Array(), query, {}, cancellation);
  ASSERT_FALSE(walk);
  EXPECT_EQ(walk.error().code, ErrorCode::kCancelled);
}

TEST(NeighbourGraph, ThreadsWalkAtOnce) {
  const VectorSet set = SimulatedVectors(5'000, 50, VectorElement::kU8, VectorMetric::kL2, 128);
  const auto built = Build(set, {.threads = 2});
  const auto walk_all = [&] {
    std::vector<std::vector<NearNode>> all;
    for (const auto& query : set.queries) {
      all.push_back(WalkTo(set, *built->graph, query, {}).nearest);
    }
    return all;
  };
  const auto alone = walk_all();
  std::vector<std::vector<NearNode>> beside;
  std::jthread other([&] { beside = walk_all(); });
  EXPECT_EQ(walk_all(), alone);
  other.join();
  EXPECT_EQ(beside, alone);
}

// A graph file with some numbers of a section set anew.
class DamagedGraph : public testing::Test {
 protected:
  void Damage(Part part, const std::function<void(std::span<uint32_t>)>& change) {
    const Sections sections = Sections::Parse(built_->output.bytes(), true).value();
    MemoryOutput output;
    SegmentWriter writer(output);
    for (const Part each : {Part::kValues, Part::kOriginals, Part::kStarts, Part::kPostings,
                            Part::kRows, Part::kCounts, Part::kUpperLinks, Part::kLinks}) {
      const Section* section = sections.Find(Column::kGraph, each);
      ASSERT_NE(section, nullptr);
      const auto numbers = section->As<uint32_t>();
      std::vector<uint32_t> copy(numbers.begin(), numbers.end());
      if (each == part) change(copy);
      ASSERT_TRUE(writer.AddArray<uint32_t>(Column::kGraph, each, copy));
    }
    ASSERT_TRUE(writer.Finish());
    const Sections damaged = Sections::Parse(output.bytes(), true).value();
    const auto graph = NeighbourGraph::Parse(damaged, set_.Array().size());
    accepted_ = graph.has_value();
    if (!accepted_) {
      EXPECT_EQ(graph.error().code, ErrorCode::kCorruption);
    }
  }

  static VectorSet WithCopies() {
    VectorSet set = SimulatedVectors(400, 0, VectorElement::kU8, VectorMetric::kL2, 128);
    set.rows += set.Row(7) + set.Row(7) + set.Row(9);
    return set;
  }

  const VectorSet set_ = WithCopies();
  const std::unique_ptr<BuiltGraph> built_ = Build(set_);
  bool accepted_ = false;
};

TEST_F(DamagedGraph, IsRefused) {
  Damage(Part::kLinks, [](auto) {});
  EXPECT_TRUE(accepted_);
  struct Case {
    const char* name;
    Part part;
    std::function<void(std::span<uint32_t>)> change;
  };
  const std::vector<Case> cases = {
      {"a link to no node", Part::kLinks, [](auto n) { n[0] = 403; }},
      {"a link to itself", Part::kLinks, [](auto n) { n[32] = 1; }},
      {"a gap", Part::kLinks, [](auto n) { n[0] = kNoNode; }},
      {"an upper link to no rank", Part::kUpperLinks, [](auto n) { n[0] = 400; }},
      {"a level of no node", Part::kCounts, [](auto n) { n.back() = 0; }},
      {"a level of more nodes", Part::kCounts, [](auto n) { ++n[0]; }},
      {"a rank of no node", Part::kRows, [](auto n) { n.back() = 500; }},
      {"two ranks of a node", Part::kRows, [](auto n) { n.back() = n[n.size() - 2]; }},
      {"another entry", Part::kValues, [](auto n) { n[3] = n[3] == 0 ? 1 : 0; }},
      {"other nodes", Part::kValues, [](auto n) { n[0] = 402; }},
      {"another degree", Part::kValues, [](auto n) { n[1] = 31; }},
      {"no degree", Part::kValues, [](auto n) { n[2] = 0; }},
      {"an original that is no node", Part::kOriginals, [](auto n) { n[1] = 403; }},
      {"originals that descend", Part::kOriginals, [](auto n) { std::swap(n[0], n[1]); }},
      {"a start behind the end", Part::kStarts, [](auto n) { n[1] = 9; }},
      {"a copy that is no node", Part::kPostings, [](auto n) { n[0] = 403; }},
  };
  for (const Case& damage : cases) {
    SCOPED_TRACE(damage.name);
    Damage(damage.part, damage.change);
    EXPECT_FALSE(accepted_);
  }
}

}  // namespace
}  // namespace sightline::index
