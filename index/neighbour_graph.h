// The graph over a set of vectors in which a search walks towards the nearest ones (HNSW: Malkov and
// Yashunin, IEEE TPAMI 42, 2020). The graph is FAISS's; the walk is ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/vector_space.h"
#include "index/distance_kernels.h"
#include "index/segment_bytes.h"
#include "index/segment_writer.h"

namespace sightline::index {

// Vectors one behind another; vector i belongs to node i. Bytes are not owned.
struct VectorArray {
  const VectorSpace* space = nullptr;
  std::span<const std::byte> bytes;

  uint32_t size() const { return static_cast<uint32_t>(bytes.size() / space->bytes); }
  const std::byte* At(uint32_t node) const { return bytes.data() + size_t{node} * space->bytes; }
};

struct GraphOptions {
  int links = 16;             // of a node on the upper levels; twice as many on the lowest
  int ef_construction = 100;  // candidates weighed for a node's links
  int threads = 1;            // that build
  // Called by each thread every few hundred nodes with the share that is done, in [0, 1]: where it
  // sleeps, the build yields. May be null.
  std::function<void(double)> pace;
};

// No node: fills the places of a node's links that are not used.
inline constexpr uint32_t kNoNode = 0xFFFF'FFFF;

// A graph where it lies: views of a segment file's sections or of memory. Immutable, thread-safe.
class NeighbourGraph {
 public:
  // Errors: kCorruption where the sections are no graph of `nodes` nodes: every link is looked at,
  // so that a walk needs no check.
  static Result<std::shared_ptr<const NeighbourGraph>> Parse(const Sections& sections,
                                                             uint32_t nodes);

  uint32_t nodes() const { return nodes_; }
  int max_level() const { return static_cast<int>(upper_links_.size()); }
  // Where a walk begins. Requires a node.
  uint32_t entry() const { return entry_; }

  // Neighbours on the lowest level: lowest_degree() places, the unused ones at the end kNoNode.
  size_t lowest_degree() const { return lowest_degree_; }
  const uint32_t* LowestLinks(uint32_t node) const {
    return lowest_links_.data() + size_t{node} * lowest_degree_;
  }

  // Nodes that are on upper levels too have a rank, the more levels the smaller: those of level l
  // are ranks [0, LevelSize(l)), and rank 0 is the entry. Links there are ranks.
  size_t LevelSize(int level) const {
    return upper_links_[static_cast<size_t>(level) - 1].size() / upper_degree_;
  }
  uint32_t NodeOfRank(uint32_t rank) const { return ranked_[rank]; }
  // By rank. Requires 1 <= level <= max_level().
  std::span<const uint32_t> NodesOnLevel(int level) const {
    return ranked_.first(LevelSize(level));
  }
  size_t upper_degree() const { return upper_degree_; }
  // Requires 1 <= level <= max_level() and rank < LevelSize(level).
  const uint32_t* UpperLinks(uint32_t rank, int level) const {
    return upper_links_[static_cast<size_t>(level) - 1].data() + size_t{rank} * upper_degree_;
  }

  // Nodes that bear this node's vector and are not in the graph themselves, ascending.
  bool HasCopies(uint32_t node) const {
    return !has_copies_.empty() && (has_copies_[node / 64] >> (node % 64) & 1) != 0;
  }
  // Requires HasCopies(node).
  std::span<const uint32_t> CopiesOf(uint32_t node) const;

 private:
  NeighbourGraph() = default;
  Status ReadLinks(const Sections& sections);
  Status ReadUpperLevels(const Sections& sections);
  Status ReadCopies(const Sections& sections);

  uint32_t nodes_ = 0;
  uint32_t entry_ = 0;
  size_t lowest_degree_ = 0;
  size_t upper_degree_ = 0;
  std::span<const uint32_t> lowest_links_;
  std::span<const uint32_t> ranked_;
  std::vector<std::span<const uint32_t>> upper_links_;  // of levels 1, 2, ...
  std::span<const uint32_t> originals_;
  std::span<const uint32_t> starts_;
  std::span<const uint32_t> copies_;
  std::vector<uint64_t> has_copies_;  // a bit a node; empty where there is no copy at all
};

// Builds the graph and writes its sections. The same vectors give the same graph with one thread
// only. Errors: kCancelled, those of the writer.
Status WriteGraph(const VectorArray& vectors, const GraphOptions& options, SegmentWriter& writer,
                  const Cancellation& cancellation);

// Which nodes may be in the answer.
class NodeFilter {
 public:
  virtual ~NodeFilter() = default;
  // passes[i] != 0: nodes[i] passes. Called from the walk's thread only.
  virtual void Test(std::span<const uint32_t> nodes, uint8_t* passes) const = 0;
};

struct NearNode {
  DistanceKey key = kFarthestKey;
  uint32_t node = 0;

  auto operator<=>(const NearNode&) const = default;
};

struct WalkOptions {
  size_t k = 10;
  // Candidates held: more finds more, and k are the least. 40 find 0.99 of the ten nearest among a
  // million vectors (decision 0061).
  size_t ef = 40;
  DistanceKey within = kFarthestKey;  // nothing farther is an answer
  const NodeFilter* filter = nullptr;  // null: every node passes
  double pass_share = 1;               // an estimate of how many nodes pass, (0, 1]
  // Nodes whose distance may be computed before the walk gives up.
  size_t max_visited = SIZE_MAX;
};

struct Walk {
  std::vector<NearNode> nearest;  // ascending by (key, node), at most k
  size_t visited = 0;             // nodes whose distance was computed
  // max_visited was reached; or what passes is not near the query, and is so little that comparing
  // all of it is the better way; or hardly anything passes.
  bool gave_up = false;
};

// Finds nodes near the query, nearly always the nearest. Thread-safe.
Result<Walk> WalkGraph(const NeighbourGraph& graph, const VectorArray& vectors,
                       const PreparedVector& query, const WalkOptions& options,
                       const Cancellation& cancellation);

}  // namespace sightline::index
