#include "index/segment_plan.h"

#include <algorithm>
#include <bit>

namespace sightline::index {
namespace {

// Costs in nanoseconds, on the machine of bench/README.md; only their ratios matter. Of a row that a
// condition is compared with, of a cache line of vectors that a scan reads in order or here and
// there, of a node that a walk meets, and of a cache line of its vector.
constexpr double kMatchedRow = 0.4;
constexpr double kLineInOrder = 4;
constexpr double kScatteredLine = 12;
constexpr double kVisitedNode = 25;
constexpr double kVisitedLine = 12;
// Of a row more that is compared with the second query and each further one.
constexpr double kComparedLine = 1;

constexpr double kLineBytes = 64;

// A walk that holds so many candidates meets about so many nodes for each.
constexpr double kMetACandidate = 14;

// A walk is tried where a scan costs so many times more than one that finds passing nodes at once.
constexpr double kWorthATry = 1.5;

// What a scan would be the quicker way to, if rows that pass were no more near the query than
// elsewhere, a walk finds with so many times more candidates: it stands in for an exact answer.
constexpr size_t kSurer = 2;

// Fewer rows that pass are always scanned.
constexpr double kNarrow = 2'000;

// Rows that are asked whether they pass.
constexpr uint32_t kSampled = 1'024;

// Candidates that a walk holds, so that recall keeps what index/nearest.h promises: 64 find 0.99 of
// the ten nearest of 300,000 vectors of a city, and 0.94 of those of its rarest vehicles. More nodes
// ask for a few more.
size_t CandidatesFor(size_t k, uint32_t nodes) {
  constexpr size_t kLeast = 64;
  constexpr size_t kADoubling = 16;
  constexpr uint32_t kFew = uint32_t{1} << 20;
  const size_t doublings = std::bit_width(nodes / kFew);
  return std::max(kLeast + kADoubling * doublings, k + k / 2);
}

// The share of a sample of [first, first + nodes) that passes. It is spread over them, without a
// period that the rows may have.
double PassingShare(const SegmentQuestion& question, uint32_t first, uint32_t nodes) {
  const uint32_t asked = std::min(nodes, kSampled);
  uint32_t passing = 0;
  uint32_t random = 1;
  for (uint32_t i = 0; i < asked; ++i) {
    random = random * 1'664'525 + 1'013'904'223;  // Knuth, TAOCP 2, 3.3.4
    const auto from = static_cast<uint32_t>(uint64_t{nodes} * i / asked);
    const auto to = static_cast<uint32_t>(uint64_t{nodes} * (i + 1) / asked);
    const uint32_t node = first + from + static_cast<uint32_t>(uint64_t{to - from} * random >> 32);
    const uint32_t row = question.vectors.RowOf(node);
    if (question.conditions.Passes(row) && question.admission.Admits(row)) ++passing;
  }
  return static_cast<double>(passing) / asked;
}

}  // namespace

SegmentPlan PlanSegment(const SegmentQuestion& question, size_t k) {
  const RowConditions& conditions = question.conditions;
  const VectorColumn& vectors = question.vectors;
  const uint32_t first = vectors.FirstNodeFrom(conditions.begin());
  const uint32_t in_time = vectors.FirstNodeFrom(conditions.end()) - first;
  const auto queries = static_cast<double>(question.queries.size());
  const double lines = vectors.vector_bytes / kLineBytes;
  SegmentPlan plan{.ef = CandidatesFor(k, vectors.size())};
  double passing = static_cast<double>(std::min<uint64_t>(conditions.AtMost(), in_time));
  const auto scan_cost = [&] {
    const double matched = conditions.passes_all()   ? 0
                           : conditions.candidates() ? conditions.candidates()->size()
                                                     : conditions.end() - conditions.begin();
    const double line = 2 * passing > in_time ? kLineInOrder : kScatteredLine;
    return matched * kMatchedRow + passing * lines * (line + (queries - 1) * kComparedLine);
  };
  const double visit_cost = kVisitedNode + lines * kVisitedLine;
  // Where all that is near a query passes. Whether that is so the walk itself finds out soonest.
  const double walk_cost =
      queries * static_cast<double>(plan.ef) * kMetACandidate * visit_cost;
  const auto scans = [&] { return passing <= kNarrow || scan_cost() <= kWorthATry * walk_cost; };
  plan.pass_share = std::max(passing, 1.0) / vectors.size();
  if (scans()) return plan;
  if (!conditions.passes_all() || !question.admission.all() || in_time < vectors.size()) {
    passing = std::min(passing, in_time * PassingShare(question, first, in_time));
    plan.pass_share = std::max(passing, 1.0) / vectors.size();
    if (scans()) return plan;
  }
  plan.walks = true;
  if (scan_cost() * plan.pass_share <= walk_cost) plan.ef *= kSurer;
  plan.max_visited = static_cast<size_t>(scan_cost() / queries / visit_cost) + plan.ef;
  return plan;
}

}  // namespace sightline::index
