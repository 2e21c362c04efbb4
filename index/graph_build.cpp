// Building a graph over all vectors of a segment and laying it out.
#include <faiss/impl/HNSW.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <random>
#include <thread>

#include "index/equal_vectors.h"
#include "index/graph_format.h"
#include "index/graph_insertion.h"
#include "index/neighbour_graph.h"

namespace sightline::index {
namespace {

// Nodes that a thread inserts before it looks up: at FAISS's own speed, some 50 ms of work.
constexpr size_t kNodesATurn = 256;
constexpr uint64_t kOrderSeed = 4;

// The number of levels above the lowest one.
int UpperLevels(const faiss::HNSW& graph, uint32_t node) { return graph.levels[node] - 1; }

// All nodes but copies, those on most levels first; among equals in a random order, since rows in the order of
// time would link each vehicle to its own minute. The first is the entry, of rank 0.
std::vector<uint32_t> OrderOfInsertion(const faiss::HNSW& graph, const EqualVectors& equal) {
  std::vector<uint8_t> is_copy(graph.levels.size());
  for (const uint32_t copy : equal.copies) is_copy[copy] = 1;
  std::vector<uint32_t> order;
  order.reserve(is_copy.size() - equal.copies.size());
  for (uint32_t node = 0; node < is_copy.size(); ++node) {
    if (is_copy[node] == 0) order.push_back(node);
  }
  std::mt19937_64 random(kOrderSeed);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return graph.levels[a] > graph.levels[b];
  });
  const auto highest_end = std::find_if(order.begin(), order.end(), [&](uint32_t node) {
    return graph.levels[node] < graph.levels[order.front()];
  });
  if (!order.empty()) std::iter_swap(order.begin(), std::min_element(order.begin(), highest_end));
  return order;
}

// Inserts the nodes of `order` from the second one on.
Status InsertAll(const VectorArray& vectors, const GraphOptions& options,
                 std::span<const uint32_t> order, faiss::HNSW& graph,
                 const Cancellation& cancellation) {
  NodeLocks locks(vectors.size());
  std::atomic<size_t> next{1};
  std::atomic<bool> cancelled{false};
  const auto insert = [&] {
    GraphInsertion insertion(vectors, static_cast<size_t>(options.ef_construction), graph, locks);
    for (;;) {
      const size_t from = next.fetch_add(kNodesATurn, std::memory_order_relaxed);
      if (from >= order.size() || cancelled.load(std::memory_order_relaxed)) return;
      if (!cancellation.Check()) {
        cancelled.store(true, std::memory_order_relaxed);
        return;
      }
      if (options.pace) options.pace(static_cast<double>(from) / static_cast<double>(order.size()));
      const size_t to = std::min(from + kNodesATurn, order.size());
      for (size_t i = from; i < to; ++i) insertion.Insert(order[i]);
    }
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < options.threads; ++i) others.emplace_back(insert);
  insert();
  others.clear();
  return cancelled ? cancellation.Check() : Ok();
}

// Levels and places for all nodes, as FAISS draws them; copies are on the lowest level only.
faiss::HNSW EmptyGraph(uint32_t nodes, int links, const EqualVectors& equal) {
  faiss::HNSW graph(links);
  graph.levels.resize(nodes);
  for (int& levels : graph.levels) levels = graph.random_level() + 1;
  for (const uint32_t copy : equal.copies) graph.levels[copy] = 1;
  // Of n nodes n / links are on the next level, and so on.
  graph.neighbors.reserve(size_t{nodes} * static_cast<size_t>(2 * links + 2));
  graph.offsets.reserve(size_t{nodes} + 1);
  graph.max_level = graph.prepare_level_tab(nodes, /*preset_levels=*/true);
  return graph;
}

Status WriteCopies(const EqualVectors& equal, SegmentWriter& writer) {
  SIGHTLINE_RETURN_IF_ERROR(
      writer.AddArray<uint32_t>(Column::kGraph, Part::kOriginals, equal.originals));
  SIGHTLINE_RETURN_IF_ERROR(
      writer.AddArray<uint32_t>(Column::kGraph, Part::kStarts, equal.starts));
  return writer.AddArray<uint32_t>(Column::kGraph, Part::kPostings, equal.copies);
}

// The sections above the lowest level.
Status WriteUpperLevels(const faiss::HNSW& graph, SegmentWriter& writer) {
  std::vector<uint32_t> ranked;
  for (uint32_t node = 0; node < graph.levels.size(); ++node) {
    if (UpperLevels(graph, node) > 0) ranked.push_back(node);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [&](uint32_t a, uint32_t b) {
    return graph.levels[a] > graph.levels[b];
  });
  std::vector<uint32_t> rank_of(graph.levels.size());
  for (uint32_t rank = 0; rank < ranked.size(); ++rank) rank_of[ranked[rank]] = rank;

  std::vector<uint32_t> counts;
  std::vector<uint32_t> links;
  for (int level = 1; level <= graph.max_level; ++level) {
    const auto on_it = std::find_if(ranked.begin(), ranked.end(), [&](uint32_t node) {
      return UpperLevels(graph, node) < level;
    });
    const size_t count = static_cast<size_t>(on_it - ranked.begin());
    if (count == 0) break;
    counts.push_back(static_cast<uint32_t>(count));
    for (size_t rank = 0; rank < count; ++rank) {
      size_t begin = 0;
      size_t end = 0;
      graph.neighbor_range(ranked[rank], level, &begin, &end);
      for (size_t i = begin; i < end; ++i) {
        const int32_t link = graph.neighbors[i];
        links.push_back(link < 0 ? kNoNode : rank_of[static_cast<size_t>(link)]);
      }
    }
  }
  SIGHTLINE_RETURN_IF_ERROR(
      writer.AddArray<uint32_t>(Column::kGraph, Part::kRows, ranked));
  SIGHTLINE_RETURN_IF_ERROR(writer.AddArray<uint32_t>(Column::kGraph, Part::kCounts, counts));
  return writer.AddArray<uint32_t>(Column::kGraph, Part::kUpperLinks, links);
}

// Moves the lists of the lowest level together, over the others, and writes them.
Status WriteLowestLevel(faiss::HNSW& graph, SegmentWriter& writer) {
  const auto degree = static_cast<size_t>(graph.nb_neighbors(0));
  for (size_t node = 0; node < graph.levels.size(); ++node) {
    const auto from = graph.neighbors.begin() + static_cast<ptrdiff_t>(graph.offsets[node]);
    std::copy_n(from, degree, graph.neighbors.begin() + static_cast<ptrdiff_t>(node * degree));
  }
  static_assert(static_cast<uint32_t>(int32_t{-1}) == kNoNode);
  return writer.Add(Column::kGraph, Part::kLinks, {}, sizeof(uint32_t),
                    std::as_bytes(std::span(graph.neighbors).first(graph.levels.size() * degree)));
}

}  // namespace

Status WriteGraph(const VectorArray& vectors, const GraphOptions& options, SegmentWriter& writer,
                  const Cancellation& cancellation) {
  const EqualVectors equal = FindEqualVectors(vectors);
  faiss::HNSW graph = EmptyGraph(vectors.size(), options.links, equal);
  const std::vector<uint32_t> order = OrderOfInsertion(graph, equal);
  GraphInfo info{vectors.size(), static_cast<uint32_t>(graph.nb_neighbors(0)),
                 static_cast<uint32_t>(graph.nb_neighbors(1)), 0};
  if (!order.empty()) {
    info.entry = order.front();
    graph.entry_point = static_cast<int>(info.entry);
    SIGHTLINE_RETURN_IF_ERROR(InsertAll(vectors, options, order, graph, cancellation));
  }
  SIGHTLINE_RETURN_IF_ERROR(writer.AddArray<GraphInfo>(Column::kGraph, Part::kValues, {&info, 1}));
  SIGHTLINE_RETURN_IF_ERROR(WriteCopies(equal, writer));
  SIGHTLINE_RETURN_IF_ERROR(WriteUpperLevels(graph, writer));
  return WriteLowestLevel(graph, writer);
}

}  // namespace sightline::index
