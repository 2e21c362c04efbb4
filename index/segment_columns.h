// Writing those columns of a segment that are more than codes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/geo.h"
#include "core/sighting.h"
#include "core/time.h"
#include "index/code_column.h"
#include "index/segment_writer.h"

namespace sightline::index {

// The order of a dictionary of positions: west to east, south to north (IEEE 754 totalOrder).
bool PositionLess(const Position& a, const Position& b);

// The segment's own section and the sequences. `sequences` in row order, not empty.
Status WriteSequences(SegmentWriter& writer, Day day, std::span<const Sequence> sequences);

// The plate table, the codes and the postings. `plates` as EncodePlateTable takes them; `codes` in
// row order, 0 for unread plates.
Status WritePlates(SegmentWriter& writer, std::span<const std::string> plates,
                   std::span<const uint32_t> codes);

// The dictionary and the codes of an attribute, or of the plates' color.
Status WriteValues(SegmentWriter& writer, Column column, std::string_view name,
                   std::span<const AttributeValue> dictionary, const CodedRows& codes);

}  // namespace sightline::index
