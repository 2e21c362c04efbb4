// Compiled with -O3 (CMakeLists.txt), for the loop that looks for near keys.
#include "index/nearest_scan.h"

#include <algorithm>
#include <vector>

namespace sightline::index {
namespace {

// Keys held at once, of all queries together; of each query at least kLeastTogether.
constexpr size_t kKeys = 16'384;
constexpr size_t kMostTogether = 1'024;
constexpr size_t kLeastTogether = 64;

// Scattered vectors are gathered so many at a time, and so many are on their way to the cache.
constexpr size_t kGathered = 16;
constexpr size_t kFetchedAhead = 48;

// Rows that pass are collected over blocks until there are so many: a few a block would each be
// waited for.
constexpr size_t kCollected = 1'024;

// Rows of which one in so many passes are compared together with those between them: reading on is
// cheaper than starting anew.
constexpr size_t kCrowded = 2;

// Where fewer than one row in so many has a vector, rows are named by their vectors.
constexpr uint64_t kFewVectors = 8;

// Calls `visit(i)` for each key below `bound`, which `visit` may lower.
template <typename Bound, typename Visit>
void VisitNear(std::span<const DistanceKey> keys, Bound bound, Visit visit) {
  constexpr size_t kGroup = 16;
  size_t i = 0;
  for (; i + kGroup <= keys.size(); i += kGroup) {
    const DistanceKey limit = bound();
    uint32_t near = 0;
    for (size_t j = 0; j < kGroup; ++j) near |= static_cast<uint32_t>(keys[i + j] < limit);
    if (near == 0) continue;
    for (size_t j = i; j < i + kGroup; ++j) {
      if (keys[j] < bound()) visit(j);
    }
  }
  for (; i < keys.size(); ++i) {
    if (keys[i] < bound()) visit(i);
  }
}

class Scan {
 public:
  Scan(const SegmentQuestion& question, NearestCost& cost)
      : q_(question),
        cost_(cost),
        together_(std::clamp(kKeys / q_.queries.size(), kLeastTogether, kMostTogether)),
        keys_(together_ * q_.queries.size()) {}

  Status Run(const Cancellation& cancellation) {
    const RowConditions& conditions = q_.conditions;
    const uint32_t first = q_.vectors.FirstNodeFrom(conditions.begin());
    const uint32_t last = q_.vectors.FirstNodeFrom(conditions.end());
    if (conditions.passes_all()) return CompareAll(first, last, cancellation);
    if (conditions.candidates() != nullptr) {
      return CompareNamed(*conditions.candidates(), cancellation);
    }
    if ((last - first) * kFewVectors < conditions.end() - conditions.begin()) {
      return CompareNamed(q_.vectors.rows.subspan(first, last - first), cancellation);
    }
    for (uint32_t begin = conditions.begin(); begin < conditions.end();) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      const uint32_t end = std::min<uint32_t>(conditions.end(),
                                              (begin / kBlockRows + 1) * kBlockRows);
      q_.conditions.MatchBlock(begin, end, rows_);
      if (rows_.size() >= kCollected || end == conditions.end()) CompareRows();
      begin = end;
    }
    return Ok();
  }

 private:
  // Every node of [first, last).
  Status CompareAll(uint32_t first, uint32_t last, const Cancellation& cancellation) {
    while (first < last) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      q_.Narrow();
      const auto count = static_cast<uint32_t>(std::min<size_t>(together_, last - first));
      CompareRun(first, count);
      for (size_t query = 0; query < q_.queries.size(); ++query) {
        VisitNear({keys_.data() + query * count, count},
                  [&] { return q_.found[query].bound(); },
                  [&](size_t i) {
                    q_.Offer(query, keys_[query * count + i], first + static_cast<uint32_t>(i));
                  });
      }
      first += count;
    }
    return Ok();
  }

  Status CompareNamed(std::span<const uint32_t> rows, const Cancellation& cancellation) {
    while (!rows.empty()) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      const auto some = rows.first(std::min(rows.size(), kBlockRows));
      rows_.assign(some.begin(), some.end());
      q_.conditions.Test(rows_);
      CompareRows();
      rows = rows.subspan(some.size());
    }
    return Ok();
  }

  // Takes rows_ and compares those that have a vector; all of them pass.
  void CompareRows() {
    q_.Narrow();
    FindNodes();
    size_t fetched = 0;  // of nodes_
    for (size_t at = 0; at < nodes_.size();) {
      const std::span<const uint32_t> nodes = std::span<const uint32_t>(nodes_).subspan(at);
      // As many as lie within a run that keys_ has room for.
      const auto far = std::lower_bound(nodes.begin(), nodes.end(), nodes.front() + together_);
      const auto run = nodes.first(static_cast<size_t>(far - nodes.begin()));
      const size_t span = run.back() - run.front() + 1;
      if (run.size() * kCrowded > span) {
        CompareCrowded(run, static_cast<uint32_t>(span));
        at += run.size();
      } else {
        const auto some = nodes.first(std::min(nodes.size(), kGathered));
        const size_t ahead = std::min(nodes_.size(), at + some.size() + kFetchedAhead);
        for (fetched = std::max(fetched, at); fetched < ahead; ++fetched) Fetch(nodes_[fetched]);
        CompareScattered(some);
        at += some.size();
      }
    }
  }

  // Turns rows_ into nodes_.
  void FindNodes() {
    nodes_.clear();
    if (q_.vectors.dense()) {
      nodes_.swap(rows_);
      return;
    }
    if (rows_.empty()) return;
    const auto with_vectors = q_.vectors.rows;
    auto at = with_vectors.begin() + q_.vectors.FirstNodeFrom(rows_.front());
    for (const uint32_t row : rows_) {
      if (at == with_vectors.end()) break;
      if (*at < row) {
        // Not farther on than the rows between, each of which is there once at most.
        const auto most = std::min<ptrdiff_t>(row - *at, with_vectors.end() - at);
        at = std::lower_bound(at, at + most, row);
        if (at == with_vectors.end()) break;
      }
      if (*at == row) nodes_.push_back(static_cast<uint32_t>(at - with_vectors.begin()));
    }
    rows_.clear();
  }

  void Fetch(uint32_t node) const {
    const std::byte* const vector = q_.vectors.At(node);
    for (uint32_t byte = 0; byte < q_.vectors.vector_bytes; byte += 64) {
      __builtin_prefetch(vector + byte);
    }
  }

  void CompareCrowded(std::span<const uint32_t> nodes, uint32_t span) {
    CompareRun(nodes.front(), span);
    for (size_t query = 0; query < q_.queries.size(); ++query) {
      const DistanceKey* const keys = keys_.data() + query * span;
      for (const uint32_t node : nodes) q_.Offer(query, keys[node - nodes.front()], node);
    }
  }

  void CompareScattered(std::span<const uint32_t> nodes) {
    cost_.rows_compared += nodes.size();
    for (size_t query = 0; query < q_.queries.size(); ++query) {
      q_.kernels.Gather(q_.queries[query], q_.vectors.bytes.data(), nodes, keys_.data());
      for (size_t i = 0; i < nodes.size(); ++i) q_.Offer(query, keys_[i], nodes[i]);
    }
  }

  // Fills keys_ with those of `count` nodes from `first` on, query by query.
  void CompareRun(uint32_t first, uint32_t count) {
    cost_.rows_compared += count;
    const std::byte* const rows = q_.vectors.At(first);
    if (q_.queries.size() == 1) {
      q_.kernels.Contiguous(q_.queries.front(), rows, {keys_.data(), count});
    } else {
      q_.kernels.Batch(q_.queries, rows, count, keys_.data());
    }
  }

  const SegmentQuestion& q_;
  NearestCost& cost_;
  const size_t together_;
  std::vector<DistanceKey> keys_;
  std::vector<uint32_t> rows_;
  std::vector<uint32_t> nodes_;
};

}  // namespace

Status ScanNearest(const SegmentQuestion& question, NearestCost& cost,
                   const Cancellation& cancellation) {
  ++cost.segments_scanned;
  return Scan(question, cost).Run(cancellation);
}

}  // namespace sightline::index
