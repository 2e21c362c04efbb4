// Words of a plate table against tests, at the memory's speed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "index/plate_pattern.h"

namespace sightline::index {

// The places in `words` of those that pass any of the tests, ascending. A few instructions for each
// test and eight words, by the widest registers that the machine has.
Result<std::vector<uint32_t>> PassingWords(std::span<const uint64_t> words,
                                           std::span<const WordTest> tests,
                                           const Cancellation& cancellation);

}  // namespace sightline::index
