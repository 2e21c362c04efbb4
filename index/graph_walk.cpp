#include <algorithm>

#include "index/met_nodes.h"
#include "index/nearest_pool.h"
#include "index/neighbour_graph.h"

namespace sightline::index {
namespace {

// For each candidate that is held, about so many nodes are met.
constexpr size_t kMetACandidate = 128;

// What a walk needs while it goes on. A thread keeps it from one walk to the next.
struct Scratch {
  NearestPool pool;
  MetNodes met;
  std::vector<uint32_t> batch;
  std::vector<DistanceKey> keys;
};

class Walker {
 public:
  Walker(const NeighbourGraph& graph, const VectorArray& vectors, const PreparedVector& query,
         const WalkOptions& options, Scratch& scratch)
      : graph_(graph),
        vectors_(vectors),
        kernels_(DistanceKernels::Of(*vectors.space)),
        query_(query),
        options_(options),
        scratch_(scratch) {
    const size_t most = std::max(graph.lowest_degree(), graph.upper_degree());
    scratch_.batch.resize(most);
    scratch_.keys.resize(most);
  }

  Walk Go() {
    NearNode nearest{KeyOf(graph_.entry()), 0};
    for (int level = graph_.max_level(); level > 0; --level) nearest = Descend(nearest, level);
    nearest.node = graph_.max_level() > 0 ? graph_.NodeOfRank(nearest.node) : graph_.entry();
    const size_t ef = std::max(options_.ef, options_.k);
    NearestPool& pool = scratch_.pool;
    pool.Reset(ef);
    scratch_.met.Reset(ef * kMetACandidate);
    pool.Insert(nearest.key, nearest.node);
    scratch_.met.Add(nearest.node);
    while (pool.HasNext()) {
      const size_t size = CollectLowest(pool.TakeNext());
      if (pool.HasNext()) Prefetch(graph_.LowestLinks(pool.Next()), graph_.lowest_degree() * 4);
      Compare(size);
      for (size_t i = 0; i < size; ++i) pool.Insert(scratch_.keys[i], scratch_.batch[i]);
    }
    Walk walk;
    walk.visited = visited_;
    for (size_t i = 0; i < std::min(pool.size(), options_.k); ++i) {
      if (pool.KeyAt(i) > options_.within) break;
      walk.nearest.push_back({pool.KeyAt(i), pool.NodeAt(i)});
    }
    return walk;
  }

 private:
  static void Prefetch(const void* from, size_t bytes) {
    for (size_t byte = 0; byte < bytes; byte += 64) {
      __builtin_prefetch(static_cast<const std::byte*>(from) + byte);
    }
  }

  DistanceKey KeyOf(uint32_t node) {
    DistanceKey key = 0;
    kernels_.Gather(query_, vectors_.bytes.data(), {&node, 1}, &key);
    ++visited_;
    return key;
  }

  void Compare(size_t size) {
    kernels_.Gather(query_, vectors_.bytes.data(), {scratch_.batch.data(), size},
                    scratch_.keys.data());
    visited_ += size;
  }

  // `from` and the answer are ranks.
  NearNode Descend(NearNode from, int level) {
    for (bool nearer = true; nearer;) {
      nearer = false;
      const uint32_t* const links = graph_.UpperLinks(from.node, level);
      size_t size = 0;
      for (; size < graph_.upper_degree() && links[size] != kNoNode; ++size) {
        const uint32_t node = graph_.NodeOfRank(links[size]);
        Prefetch(vectors_.At(node), vectors_.space->bytes);
        scratch_.batch[size] = node;
      }
      Compare(size);
      for (size_t i = 0; i < size; ++i) {
        if (scratch_.keys[i] >= from.key) continue;
        from = {scratch_.keys[i], links[i]};
        nearer = true;
      }
    }
    return from;
  }

  size_t CollectLowest(uint32_t node) {
    const uint32_t* const links = graph_.LowestLinks(node);
    size_t size = 0;
    for (size_t i = 0; i < graph_.lowest_degree() && links[i] != kNoNode; ++i) {
      scratch_.batch[size] = links[i];
      size += scratch_.met.Add(links[i]) ? 1 : 0;
    }
    for (size_t i = 0; i < size; ++i) {
      Prefetch(vectors_.At(scratch_.batch[i]), vectors_.space->bytes);
    }
    return size;
  }

  const NeighbourGraph& graph_;
  const VectorArray& vectors_;
  const DistanceKernels& kernels_;
  const PreparedVector& query_;
  const WalkOptions& options_;
  Scratch& scratch_;
  size_t visited_ = 0;
};

}  // namespace

Result<Walk> WalkGraph(const NeighbourGraph& graph, const VectorArray& vectors,
                       const PreparedVector& query, const WalkOptions& options,
                       const Cancellation& cancellation) {
  SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
  if (graph.nodes() == 0) return Walk{};
  thread_local Scratch scratch;
  return Walker(graph, vectors, query, options, scratch).Go();
}

}  // namespace sightline::index
