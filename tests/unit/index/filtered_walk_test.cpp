// Walks of which only some nodes may be in the answer.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "index/neighbour_graph.h"
#include "simulation/random.h"
#include "tests/unit/index/vector_sets.h"

namespace sightline::index {
namespace {

constexpr size_t kRows = 50'000;
constexpr size_t kQueries = 60;

class PredicateFilter final : public NodeFilter {
 public:
  explicit PredicateFilter(RowPredicate passes) : passes_(std::move(passes)) {}
  void Test(std::span<const uint32_t> nodes, uint8_t* passes) const override {
    for (size_t i = 0; i < nodes.size(); ++i) passes[i] = passes_(nodes[i]) ? 1 : 0;
  }

 private:
  RowPredicate passes_;
};

bool Lot(uint32_t row, double share) {
  return static_cast<double>(simulation::Mix(row) >> 11) * 0x1p-53 < share;
}

class FilteredWalk : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    set_ = std::make_unique<VectorSet>(
        SimulatedVectors(kRows, kQueries, VectorElement::kU8, VectorMetric::kL2, 128));
    built_ = Build(*set_, {.threads = 2});
    // Clusters: the rows that are nearest to one of some rows.
    const DistanceKernels& kernels = DistanceKernels::Of(set_->space);
    std::vector<DistanceKey> nearest(kRows, kFarthestKey);
    cluster_.assign(kRows, 0);
    std::vector<DistanceKey> keys(kRows);
    for (uint32_t centre = 0; centre < kClusters; ++centre) {
      kernels.Contiguous(kernels.Prepare(set_->Row(centre)), set_->Array().bytes.data(), keys);
      for (size_t row = 0; row < kRows; ++row) {
        if (keys[row] >= nearest[row]) continue;
        nearest[row] = keys[row];
        cluster_[row] = centre;
      }
    }
  }
  static void TearDownTestSuite() {
    built_.reset();
    set_.reset();
  }

  // The clusters by their centres' distance from the query, nearest first.
  static std::vector<uint32_t> ClustersFrom(const std::string& query) {
    const DistanceKernels& kernels = DistanceKernels::Of(set_->space);
    std::vector<DistanceKey> keys(kClusters);
    kernels.Contiguous(kernels.Prepare(query), set_->Array().bytes.data(), keys);
    std::vector<uint32_t> order(kClusters);
    for (uint32_t i = 0; i < kClusters; ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return keys[a] < keys[b]; });
    return order;
  }

  // Whole clusters in this order until about `share` of all rows are in them.
  static RowPredicate Clusters(const std::vector<uint32_t>& order, double share) {
    std::vector<bool> chosen(kClusters);
    size_t rows = 0;
    for (const uint32_t cluster : order) {
      const auto size = static_cast<size_t>(std::count(cluster_.begin(), cluster_.end(), cluster));
      if (static_cast<double>(rows + size) > share * kRows && rows > 0) continue;
      chosen[cluster] = true;
      rows += size;
    }
    return [chosen](uint32_t row) { return chosen[cluster_[row]]; };
  }

  // The mean recall at ten; walks that gave up are scanned by who asks, and counted.
  struct Outcome {
    double recall = 0;
    size_t gave_up = 0;
  };
  static Outcome Ask(const std::function<RowPredicate(const std::string&)>& filter_of) {
    Outcome outcome;
    for (const std::string& query : set_->queries) {
      const RowPredicate passes = filter_of(query);
      size_t rows = 0;
      for (uint32_t row = 0; row < kRows; ++row) rows += passes(row) ? 1 : 0;
      const PredicateFilter filter(passes);
      const PreparedVector prepared = DistanceKernels::Of(set_->space).Prepare(query);
      const Walk walk =
          WalkGraph(*built_->graph, set_->Array(), prepared,
                    {.filter = &filter, .pass_share = static_cast<double>(rows) / kRows}, {})
              .value();
      for (const NearNode& near : walk.nearest) EXPECT_TRUE(passes(near.node));
      EXPECT_TRUE(std::is_sorted(walk.nearest.begin(), walk.nearest.end()));
      outcome.gave_up += walk.gave_up ? 1 : 0;
      outcome.recall +=
          (walk.gave_up ? 1 : RecallOf(walk, NearestKeys(*set_, query, 10, passes))) / kQueries;
    }
    return outcome;
  }

  static constexpr uint32_t kClusters = 100;
  static std::unique_ptr<VectorSet> set_;
  static std::unique_ptr<BuiltGraph> built_;
  static std::vector<uint32_t> cluster_;
};

std::unique_ptr<VectorSet> FilteredWalk::set_;
std::unique_ptr<BuiltGraph> FilteredWalk::built_;
std::vector<uint32_t> FilteredWalk::cluster_;

TEST_F(FilteredWalk, FindsTheNearestThatPassAtEveryShareAndCorrelation) {
  for (const double share : {0.99, 0.5, 0.1, 0.05}) {
    SCOPED_TRACE(share);
    const auto expect_found = [&](const char* name, const auto& filter_of) {
      SCOPED_TRACE(name);
      const Outcome outcome = Ask(filter_of);
      EXPECT_GE(outcome.recall, 0.95);
      // Few rows that are far away are left to a scan.
      if (share >= 0.5) {
        EXPECT_LE(outcome.gave_up, kQueries / 20);
      }
    };
    expect_found("by lot", [&](const std::string&) -> RowPredicate {
      return [share](uint32_t row) { return Lot(row, share); };
    });
    expect_found("near the query", [&](const std::string& query) {
      return Clusters(ClustersFrom(query), share);
    });
    expect_found("far from the query", [&](const std::string& query) {
      std::vector<uint32_t> order = ClustersFrom(query);
      std::reverse(order.begin(), order.end());
      return Clusters(order, share);
    });
    expect_found("by lot, and not the query's own cluster", [&](const std::string& query) {
      return [own = ClustersFrom(query)[0], share](uint32_t row) {
        return cluster_[row] != own && Lot(row, share);
      };
    });
  }
}

TEST_F(FilteredWalk, GivesUpWhereNothingPasses) {
  const PredicateFilter filter([](uint32_t) { return false; });
  const PreparedVector query = DistanceKernels::Of(set_->space).Prepare(set_->queries[0]);
  const Walk walk = WalkGraph(*built_->graph, set_->Array(), query,
                              {.filter = &filter, .pass_share = 0.5}, {})
                        .value();
  EXPECT_TRUE(walk.nearest.empty());
  EXPECT_TRUE(walk.gave_up);
  EXPECT_LT(walk.visited, kRows / 5);
}

TEST_F(FilteredWalk, ACopyPassesWhereItsOriginalDoesNot) {
  VectorSet set = SimulatedVectors(3'000, 0, VectorElement::kU8, VectorMetric::kL2, 128);
  for (int i = 0; i < 200; ++i) set.rows += set.Row(5);
  const auto built = Build(set);
  const PredicateFilter filter([](uint32_t row) { return row >= 3'100 || row % 2 == 0; });
  const PreparedVector query = DistanceKernels::Of(set.space).Prepare(set.Row(5));
  const Walk walk = WalkGraph(*built->graph, set.Array(), query,
                              {.k = 120, .filter = &filter, .pass_share = 0.5}, {})
                        .value();
  ASSERT_EQ(walk.nearest.size(), 120u);
  EXPECT_EQ(walk.nearest[0].node, 3'000u);
  // 50 even ones of the first hundred copies, then the second hundred.
  EXPECT_EQ(walk.nearest[119].node, 3'169u);
}

}  // namespace
}  // namespace sightline::index
