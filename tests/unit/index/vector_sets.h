// Sets of vectors to search, and what the answers must be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/vector_space.h"
#include "index/neighbour_graph.h"
#include "index/segment_writer.h"

namespace sightline::index {

struct VectorSet {
  VectorSpace space;
  std::string rows;
  std::vector<std::string> queries;

  VectorArray Array() const { return {&space, std::as_bytes(std::span(rows))}; }
  std::string Row(size_t row) const { return rows.substr(row * space.bytes, space.bytes); }
};

// Readings of simulated vehicles, ten each, row after row of another vehicle; under another element
// or metric than u8 and l2 the same vectors are centred. Row r is of group r % GroupsOf(rows).
VectorSet SimulatedVectors(size_t rows, size_t queries, VectorElement element, VectorMetric metric,
                           uint32_t bytes);
// The real descriptors of bigann10k, and its first rows as queries. None where it is not there.
std::optional<VectorSet> RealVectors();

// A graph in memory, with the bytes that it views.
struct BuiltGraph {
  MemoryOutput output;
  std::shared_ptr<const NeighbourGraph> graph;
};
std::unique_ptr<BuiltGraph> Build(const VectorSet& set, const GraphOptions& options = {});

using RowPredicate = std::function<bool(uint32_t)>;

// The keys of the k nearest rows that pass, ascending, by comparing with all.
std::vector<DistanceKey> NearestKeys(const VectorSet& set, const std::string& query, size_t k,
                                     const RowPredicate& passes = nullptr);

// The share of the true nearest that a walk found.
double RecallOf(const Walk& walk, std::span<const DistanceKey> truth);

}  // namespace sightline::index
