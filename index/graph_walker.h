// The steps of which walks through a graph are made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/cancellation.h"
#include "index/distance_kernels.h"
#include "index/met_nodes.h"
#include "index/nearest_pool.h"
#include "index/neighbour_graph.h"

namespace sightline::index {

// Memory of a walk. A thread keeps it from one to the next; it depends on how far walks go, not on
// the graph.
struct WalkMemory {
  NearestPool near;     // of all nodes
  NearestPool passing;  // of those that pass
  MetNodes met;
  std::vector<uint32_t> batch;
  std::vector<uint32_t> failing;
  std::vector<uint32_t> found;
  std::vector<DistanceKey> keys;
  std::vector<uint8_t> passes;
  std::vector<uint8_t> copy_passes;
};

// One walk. All that is referred to outlives it. Not thread-safe.
class GraphWalker {
 public:
  // Requires a graph that is not empty.
  GraphWalker(const NeighbourGraph& graph, const VectorArray& vectors, const PreparedVector& query,
              const WalkOptions& options, const Cancellation& cancellation, WalkMemory& memory);

  // By options.filter, or as if there were none.
  Status Unfiltered(Walk& walk);
  Status Filtered(Walk& walk);

 private:
  // The node nearest to the query that greedy steps through the upper levels lead to.
  NearNode Descend();
  NearNode DescendLevel(NearNode from, int level);  // of ranks
  // The node's neighbours on the lowest level that were not met before go into the batch, and their
  // rows on their way to the cache.
  void CollectNeighbours(uint32_t node);
  void PrefetchRow(uint32_t node) const;
  void PrefetchLinks(uint32_t node) const;
  // Of each node in the batch its key, or whether it or a copy of it passes.
  void Compare();
  void Test();
  bool AnyPasses(std::span<const uint32_t> nodes);

  // Begins the set of met nodes and the batch with one node.
  void BeginBatch(NearNode first);

  // Walks among all nodes, holding those that pass in memory_.passing. Returns whether they are the
  // nearest that pass; else too few pass near the query.
  Result<bool> WalkAmongAll();
  // Offers the batch to both pools.
  void OfferBatch();
  // Walks from passing nodes to passing nodes. Returns whether it found its way.
  Result<bool> WalkAmongPassing();
  // Offers the passing nodes of one upper level, which are a fair sample. Returns how many they are.
  size_t OfferSamples();
  // Prefetches and compares the batch and offers it to memory_.passing.
  void OfferPassing();
  // The passing nodes among the node's neighbours and, where these are few, among the neighbours of
  // those that fail go into the batch.
  void CollectPassing(uint32_t node);
  // Keeps of the batch the nodes that pass; appends the others to memory_.failing.
  void KeepPassing();

  bool SpentAll() const { return visited_ >= options_.max_visited; }
  // Now and then.
  Status CheckCancelled();
  void Answer(const NearestPool& pool, Walk& walk);
  // The node and its copies that pass.
  void AnswerEqual(NearNode original, Walk& walk);

  const NeighbourGraph& graph_;
  const VectorArray& vectors_;
  const DistanceKernels& kernels_;
  const PreparedVector& query_;
  const WalkOptions& options_;
  const Cancellation& cancellation_;
  WalkMemory& memory_;
  const size_t ef_;
  size_t visited_ = 0;
  size_t steps_ = 0;
};

}  // namespace sightline::index
