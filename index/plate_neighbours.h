// The plates of a table that are a few errors away from a text.
#pragma once

#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "index/plate_layout.h"
#include "index/plate_table.h"

namespace sightline::index {

// Ascending by ordinal. The sorted words are walked as the trie that they are: an automaton reads
// the plates one after another, each from where it parts from the one before, and says of a prefix
// that leads nowhere which prefix can be the next, which is then searched for (Schulz and Mihov,
// "Fast string correction with Levenshtein automata", IJDAR 5(1), 2002, on the automaton of Wu and
// Manber, core/error_rows.h).
Result<std::vector<PlateTable::Near>> FindNeighbours(const PlateLayout& layout,
                                                     const PlateLike& like,
                                                     const Cancellation& cancellation);

}  // namespace sightline::index
