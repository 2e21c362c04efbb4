// What is asked of one segment when the nearest rows of a day are wanted.
#pragma once

#include <cstdint>
#include <span>

#include "index/distance_kernels.h"
#include "index/nearest_rows.h"
#include "index/row_admission.h"
#include "index/row_conditions.h"
#include "index/segment.h"

namespace sightline::index {

// The rows that are wanted pass `conditions` and are admitted; found[i] takes those that are near
// queries[i], and `bounds` say how near other segments' rows are. All outlive it.
struct SegmentQuestion {
  uint32_t place = 0;  // of the segment among those that are searched
  const Segment& segment;
  const VectorColumn& vectors;
  const DistanceKernels& kernels;
  std::span<const PreparedVector> queries;
  RowConditions& conditions;
  const RowAdmission& admission;
  std::span<SharedBound> bounds;
  std::span<NearestRows> found;

  // Takes the row of a node that passes the conditions, if it is near enough and admitted.
  void Offer(size_t query, DistanceKey key, uint32_t node) const {
    NearestRows& rows = found[query];
    if (key >= rows.bound()) return;
    const uint32_t row = vectors.RowOf(node);
    if (!admission.Admits(row)) return;
    rows.Add({key, place, row});
    if (rows.full()) bounds[query].Narrow(rows.bound());
  }

  // Takes over what other segments' rows say by now.
  void Narrow() const {
    for (size_t i = 0; i < found.size(); ++i) found[i].Narrow(bounds[i].Get());
  }
};

}  // namespace sightline::index
