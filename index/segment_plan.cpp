#include "index/segment_plan.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sightline::index {
namespace {

// Costs in nanoseconds, on the machine of bench/README.md; only their ratios matter. Of a row that a
// condition is compared with, of a cache line of vectors that a scan reads, of a node that a walk
// meets, and of a cache line of its vector.
constexpr double kMatchedRow = 0.4;
constexpr double kScannedLine = 3;
constexpr double kVisitedNode = 25;
constexpr double kVisitedLine = 12;
// Of a row more that is compared with the second query and each further one.
constexpr double kComparedLine = 1;

constexpr double kLineBytes = 64;

// A walk that holds so many candidates meets about so many nodes for each.
constexpr double kMetACandidate = 14;

// Fewer rows that pass are always scanned.
constexpr double kNarrow = 2'000;

// Rows that are asked whether they pass, and of those that do, how many a walk begins from.
constexpr uint32_t kSampled = 1'024;
constexpr size_t kSeeds = 16;

// Candidates that a walk holds, so that recall keeps what index/nearest.h promises.
size_t CandidatesFor(size_t k) { return std::max<size_t>(64, k + k / 2); }

// Nodes of the sample that pass. Spread over the segment, without a period that the rows may have.
std::vector<uint32_t> PassingSample(const SegmentQuestion& question, uint32_t first,
                                    uint32_t nodes) {
  const uint32_t asked = std::min(nodes, kSampled);
  std::vector<uint32_t> passing;
  uint32_t random = 1;
  for (uint32_t i = 0; i < asked; ++i) {
    random = random * 1'664'525 + 1'013'904'223;  // Knuth, TAOCP 2, 3.3.4
    const auto from = static_cast<uint32_t>(uint64_t{nodes} * i / asked);
    const auto to = static_cast<uint32_t>(uint64_t{nodes} * (i + 1) / asked);
    const uint32_t node = first + from + static_cast<uint32_t>(uint64_t{to - from} * random >> 32);
    const uint32_t row = question.vectors.RowOf(node);
    if (question.conditions.Passes(row) && question.admission.Admits(row)) {
      passing.push_back(node);
    }
  }
  return passing;
}

// Those of the nodes that are nearest to the first query.
std::vector<uint32_t> Nearest(const SegmentQuestion& question, std::vector<uint32_t> nodes) {
  std::vector<DistanceKey> keys(nodes.size());
  question.kernels.Gather(question.queries.front(), question.vectors.bytes.data(), nodes,
                          keys.data());
  std::vector<std::pair<DistanceKey, uint32_t>> order;
  for (size_t i = 0; i < nodes.size(); ++i) order.emplace_back(keys[i], nodes[i]);
  const size_t kept = std::min(order.size(), kSeeds);
  std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(kept), order.end());
  nodes.resize(kept);
  for (size_t i = 0; i < kept; ++i) nodes[i] = order[i].second;
  return nodes;
}

}  // namespace

SegmentPlan PlanSegment(const SegmentQuestion& question, size_t k) {
  const RowConditions& conditions = question.conditions;
  const VectorColumn& vectors = question.vectors;
  const uint32_t first = vectors.FirstNodeFrom(conditions.begin());
  const uint32_t in_time = vectors.FirstNodeFrom(conditions.end()) - first;
  const auto queries = static_cast<double>(question.queries.size());
  const double lines = vectors.vector_bytes / kLineBytes;
  SegmentPlan plan{.ef = CandidatesFor(k)};
  double passing = static_cast<double>(std::min<uint64_t>(conditions.AtMost(), in_time));
  const auto scan_cost = [&] {
    const double matched = conditions.passes_all()   ? 0
                           : conditions.candidates() ? conditions.candidates()->size()
                                                     : conditions.end() - conditions.begin();
    return matched * kMatchedRow + passing * lines * (kScannedLine + (queries - 1) * kComparedLine);
  };
  const double visit_cost = kVisitedNode + lines * kVisitedLine;
  const auto walk_cost = [&] {
    return queries * static_cast<double>(plan.ef) * kMetACandidate * visit_cost / plan.pass_share;
  };
  const auto share = [&] { return std::max(passing, 1.0) / vectors.size(); };
  plan.pass_share = share();
  if (passing <= kNarrow || scan_cost() <= walk_cost()) return plan;
  if (!conditions.passes_all() || !question.admission.all() || in_time < vectors.size()) {
    std::vector<uint32_t> sample = PassingSample(question, first, in_time);
    const uint32_t asked = std::min(in_time, kSampled);
    passing = std::min(passing, static_cast<double>(in_time) *
                                    static_cast<double>(sample.size()) / asked);
    plan.pass_share = share();
    if (passing <= kNarrow || scan_cost() <= walk_cost()) return plan;
    plan.seeds = Nearest(question, std::move(sample));
  }
  plan.walks = true;
  plan.max_visited = static_cast<size_t>(scan_cost() / queries / visit_cost) + plan.ef;
  return plan;
}

}  // namespace sightline::index
