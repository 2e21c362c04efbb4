#include <algorithm>

#include "index/graph_walker.h"

namespace sightline::index {
namespace {

// For each candidate that is held, about so many nodes are met.
constexpr size_t kMetACandidate = 128;
// Steps between looks at the cancellation: some 50 us.
constexpr size_t kStepsALook = 64;
constexpr size_t kCacheLine = 64;
constexpr size_t kCopiesABatch = 64;

void Prefetch(const void* from, size_t bytes) {
  for (size_t byte = 0; byte < bytes; byte += kCacheLine) {
    __builtin_prefetch(static_cast<const std::byte*>(from) + byte);
  }
}

}  // namespace

GraphWalker::GraphWalker(const NeighbourGraph& graph, const VectorArray& vectors,
                         const PreparedVector& query, const WalkOptions& options,
                         const Cancellation& cancellation, WalkMemory& memory)
    : graph_(graph),
      vectors_(vectors),
      kernels_(DistanceKernels::Of(*vectors.space)),
      query_(query),
      options_(options),
      cancellation_(cancellation),
      memory_(memory),
      ef_(std::max(options.ef, options.k)) {}

void GraphWalker::PrefetchRow(uint32_t node) const {
  Prefetch(vectors_.At(node), vectors_.space->bytes);
}

void GraphWalker::PrefetchLinks(uint32_t node) const {
  Prefetch(graph_.LowestLinks(node), graph_.lowest_degree() * sizeof(uint32_t));
}

void GraphWalker::Compare() {
  const size_t size = memory_.batch.size();
  if (memory_.keys.size() < size) memory_.keys.resize(size);
  kernels_.Gather(query_, vectors_.bytes.data(), memory_.batch, memory_.keys.data());
  visited_ += size;
}

Status GraphWalker::CheckCancelled() {
  if (++steps_ % kStepsALook != 0) return Ok();
  return cancellation_.Check();
}

NearNode GraphWalker::DescendLevel(NearNode from, int level) {
  for (bool nearer = true; nearer;) {
    nearer = false;
    memory_.batch.clear();
    const uint32_t* const links = graph_.UpperLinks(from.node, level);
    for (size_t i = 0; i < graph_.upper_degree() && links[i] != kNoNode; ++i) {
      memory_.batch.push_back(graph_.NodeOfRank(links[i]));
      PrefetchRow(memory_.batch.back());
    }
    Compare();
    for (size_t i = 0; i < memory_.batch.size(); ++i) {
      if (memory_.keys[i] >= from.key) continue;
      from = {memory_.keys[i], links[i]};
      nearer = true;
    }
  }
  return from;
}

NearNode GraphWalker::Descend() {
  memory_.batch.assign(1, graph_.entry());
  Compare();
  NearNode nearest{memory_.keys[0], graph_.entry()};
  if (graph_.max_level() == 0) return nearest;
  nearest.node = 0;
  for (int level = graph_.max_level(); level > 0; --level) nearest = DescendLevel(nearest, level);
  nearest.node = graph_.NodeOfRank(nearest.node);
  return nearest;
}

void GraphWalker::CollectNeighbours(uint32_t node) {
  const uint32_t* const links = graph_.LowestLinks(node);
  std::vector<uint32_t>& batch = memory_.batch;
  batch.resize(graph_.lowest_degree());
  size_t size = 0;
  for (size_t i = 0; i < graph_.lowest_degree() && links[i] != kNoNode; ++i) {
    batch[size] = links[i];
    size += memory_.met.Add(links[i]) ? 1 : 0;
  }
  batch.resize(size);
  for (const uint32_t neighbour : batch) PrefetchRow(neighbour);
}

void GraphWalker::Answer(const NearestPool& pool, Walk& walk) {
  walk.visited = visited_;
  walk.nearest.reserve(std::min(pool.size(), options_.k));
  bool in_order = true;
  for (size_t i = 0; i < pool.size() && walk.nearest.size() < options_.k; ++i) {
    const NearNode next{pool.KeyAt(i), pool.NodeAt(i)};
    if (next.key > options_.within) break;
    if (!graph_.HasCopies(next.node)) {
      walk.nearest.push_back(next);
      continue;
    }
    in_order = false;
    AnswerEqual(next, walk);
  }
  if (!in_order) std::sort(walk.nearest.begin(), walk.nearest.end());
}

void GraphWalker::AnswerEqual(NearNode original, Walk& walk) {
  std::span<const uint32_t> copies = graph_.CopiesOf(original.node);
  memory_.batch.assign(1, original.node);
  for (;;) {
    memory_.passes.assign(memory_.batch.size(), 1);
    if (options_.filter != nullptr) {
      options_.filter->Test(memory_.batch, memory_.passes.data());
    }
    for (size_t i = 0; i < memory_.batch.size(); ++i) {
      if (memory_.passes[i] == 0) continue;
      walk.nearest.push_back({original.key, memory_.batch[i]});
      if (walk.nearest.size() == options_.k) return;
    }
    if (copies.empty()) return;
    const size_t size = std::min(copies.size(), kCopiesABatch);
    memory_.batch.assign(copies.begin(), copies.begin() + static_cast<ptrdiff_t>(size));
    copies = copies.subspan(size);
  }
}

void GraphWalker::BeginBatch(NearNode first) {
  memory_.met.Add(first.node);
  memory_.batch.assign(1, first.node);
  memory_.keys[0] = first.key;
}

Status GraphWalker::Unfiltered(Walk& walk) {
  NearestPool& pool = memory_.near;
  pool.Reset(ef_);
  memory_.met.Reset(ef_ * kMetACandidate);
  const NearNode nearest = Descend();
  pool.Insert(nearest.key, nearest.node);
  memory_.met.Add(nearest.node);
  while (pool.HasNext() && !SpentAll()) {
    SIGHTLINE_RETURN_IF_ERROR(CheckCancelled());
    CollectNeighbours(pool.TakeNext());
    if (pool.HasNext()) PrefetchLinks(pool.Next());
    Compare();
    for (size_t i = 0; i < memory_.batch.size(); ++i) {
      pool.Insert(memory_.keys[i], memory_.batch[i]);
    }
  }
  walk.gave_up = pool.HasNext();
  Answer(pool, walk);
  return Ok();
}

Result<Walk> WalkGraph(const NeighbourGraph& graph, const VectorArray& vectors,
                       const PreparedVector& query, const WalkOptions& options,
                       const Cancellation& cancellation) {
  SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
  Walk walk;
  if (graph.nodes() == 0) return walk;
  thread_local WalkMemory memory;
  GraphWalker walker(graph, vectors, query, options, cancellation, memory);
  SIGHTLINE_RETURN_IF_ERROR(options.filter == nullptr ? walker.Unfiltered(walk)
                                                      : walker.Filtered(walk));
  return walk;
}

}  // namespace sightline::index
