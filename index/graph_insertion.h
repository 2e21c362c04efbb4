// Inserting nodes into a graph, from several threads at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/met_nodes.h"
#include "index/nearest_pool.h"
#include "index/neighbour_graph.h"

namespace faiss {
struct HNSW;
}

namespace sightline::index {

// A lock for each node. A holder writes a few dozen links at most.
class NodeLocks {
 public:
  explicit NodeLocks(size_t nodes) : locks_(nodes) {}
  void Lock(uint32_t node);
  void Unlock(uint32_t node) { locks_[node].clear(std::memory_order_release); }

 private:
  std::vector<std::atomic_flag> locks_;
};

// Algorithm 1 of Malkov and Yashunin (IEEE TPAMI 42, 2020) with the choice of neighbours of their
// algorithm 4, as FAISS has it, on FAISS's arrays. Each thread has an object of its own; the graph,
// the locks and the vectors are shared.
class GraphInsertion {
 public:
  // All that is referred to outlives the object. The graph has levels and empty places for all
  // nodes, and an entry on its greatest level.
  GraphInsertion(const VectorArray& vectors, size_t ef_construction, faiss::HNSW& graph,
                 NodeLocks& locks);

  // Requires that the node was not inserted before. Nodes on more levels come first, so that the
  // entry stays what it is.
  void Insert(uint32_t node);

 private:
  struct Place {
    std::atomic_ref<int32_t> operator[](size_t i) const { return std::atomic_ref(first[i]); }
    int32_t* first;
    size_t size;
  };

  PreparedVector Prepared(uint32_t node) const;
  Place LinksOf(uint32_t node, int level) const;
  // The node's neighbours on the level into `batch_`: all of them, or those not met before.
  void Collect(uint32_t node, int level, bool only_new);
  // The keys of the nodes in `batch_` into `keys_`.
  void Compare(const PreparedVector& from);
  NearNode Descend(const PreparedVector& query, NearNode from, int level);
  // Fills `pool_`.
  void FindNear(const PreparedVector& query, NearNode from, int level);
  // Keeps of `candidates`, ascending, those that are nearer to their centre than to any kept one,
  // at most `most`.
  void KeepDiverse(std::vector<NearNode>& candidates, size_t most);
  // Links `from` to `to` as well; where there is no place left, chooses anew.
  void LinkBack(uint32_t from, NearNode to, int level);

  const VectorArray vectors_;
  const DistanceKernels& kernels_;
  const size_t ef_construction_;
  faiss::HNSW& graph_;
  NodeLocks& locks_;

  NearestPool pool_;
  MetNodes met_;
  std::vector<uint32_t> batch_;
  std::vector<DistanceKey> keys_;
  std::vector<NearNode> crowd_;
  std::vector<std::vector<NearNode>> chosen_;  // by level
  std::vector<uint8_t> dropped_;
  std::vector<uint32_t> places_;
};

}  // namespace sightline::index
