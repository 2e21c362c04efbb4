// Comparing appearance vectors: one set of functions for each element, metric, length and
// instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/vector_space.h"
#include "index/prepared_vector.h"

namespace sightline::index {

enum class InstructionSet : uint8_t {
  kPortable,
  kAvx2,    // AVX2 and FMA
  kAvx512,  // AVX-512 F, BW, DQ, VL and VNNI
};

// Ascending; kPortable is always there.
std::span<const InstructionSet> SupportedInstructionSets();
std::string_view InstructionSetName(InstructionSet set);

// Immutable, thread-safe, lives for ever. Rows are vectors of the space, `bytes` apart from
// `rows[0]` on; they need no alignment.
class DistanceKernels {
 public:
  // The fastest that this machine supports. Requires CheckSpace(space).
  static const DistanceKernels& Of(const VectorSpace& space);
  // Null where the machine does not support the set.
  static const DistanceKernels* Of(const VectorSpace& space, InstructionSet set);

  virtual ~DistanceKernels() = default;

  // Requires CheckVector(space, vector).
  virtual PreparedVector Prepare(std::string_view vector) const = 0;

  // keys[i] of row i; keys.size() rows.
  virtual void Contiguous(const PreparedVector& query, const std::byte* rows,
                          std::span<DistanceKey> keys) const = 0;
  // keys[i] of row numbers[i]. Prefetches nothing: the traversal does.
  virtual void Gather(const PreparedVector& query, const std::byte* rows,
                      std::span<const uint32_t> numbers, DistanceKey* keys) const = 0;
  // keys[q * row_count + i] of query q and row i: every row is read once for all queries.
  virtual void Batch(std::span<const PreparedVector> queries, const std::byte* rows,
                     size_t row_count, DistanceKey* keys) const = 0;

  // The metric's own distance (VectorDistance) that a key stands for, and the greatest key of a
  // distance that is not above `distance` (of none: nullopt).
  virtual double DistanceOf(DistanceKey key) const = 0;
  virtual std::optional<DistanceKey> KeyWithin(double distance) const = 0;
};

}  // namespace sightline::index
