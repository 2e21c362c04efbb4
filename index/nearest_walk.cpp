#include "index/nearest_walk.h"

#include <span>
#include <vector>

namespace sightline::index {
namespace {

// Asks of nodes as the walk meets them.
class RowFilter final : public NodeFilter {
 public:
  explicit RowFilter(const SegmentQuestion& question) : question_(question) {}

  void Test(std::span<const uint32_t> nodes, uint8_t* passes) const override {
    for (size_t i = 0; i < nodes.size(); ++i) {
      const uint32_t row = question_.vectors.RowOf(nodes[i]);
      passes[i] = question_.conditions.Passes(row) && question_.admission.Admits(row) ? 1 : 0;
    }
  }

 private:
  const SegmentQuestion& question_;
};

bool IsAll(const SegmentQuestion& question) {
  const RowConditions& conditions = question.conditions;
  return conditions.passes_all() && question.admission.all() && conditions.begin() == 0 &&
         conditions.end() == question.segment.rows();
}

}  // namespace

Result<bool> WalkNearest(const SegmentQuestion& question, const VectorSpace& space,
                         const NeighbourGraph& graph, size_t k, const SegmentPlan& plan,
                         NearestCost& cost, const Cancellation& cancellation) {
  const VectorArray vectors{&space, question.vectors.bytes};
  const RowFilter filter(question);
  WalkOptions options{.k = k,
                      .ef = plan.ef,
                      .filter = IsAll(question) ? nullptr : &filter,
                      .pass_share = plan.pass_share,
                      .max_visited = plan.max_visited};
  std::vector<Walk> walks(question.queries.size());
  for (size_t i = 0; i < question.queries.size(); ++i) {
    question.Narrow();
    const DistanceKey bound = question.found[i].bound();
    if (bound == 0) continue;
    options.within = bound - 1;
    SIGHTLINE_ASSIGN(walks[i],
                     WalkGraph(graph, vectors, question.queries[i], options, cancellation));
    cost.nodes_visited += walks[i].visited;
    // Fewer than k where others leave room for fewer: those are better.
    const bool enough = walks[i].nearest.size() >= k || bound != kFarthestKey;
    if (walks[i].gave_up || !enough) {
      ++cost.walks_given_up;
      return false;
    }
  }
  ++cost.segments_walked;
  for (size_t i = 0; i < walks.size(); ++i) {
    for (const NearNode& near : walks[i].nearest) question.Offer(i, near.key, near.node);
  }
  return true;
}

}  // namespace sightline::index
