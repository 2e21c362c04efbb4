// Which rows look most like a vector, by comparing all of them.
#pragma once

#include <string>
#include <vector>

#include "index/nearest.h"
#include "tests/unit/index/random_day.h"

namespace sightline::index {

// The first vector's rows among the day's, in the order of an answer, without a limit of k.
std::vector<NearRow> AllNearest(const RandomDay& day, const NearestQuery& nearest,
                                const ColumnQuery& query);

// Fails the test where `answer` is not what an exact search may answer: of equally near rows at its
// end any.
void ExpectNearest(const std::vector<NearRow>& answer, const std::vector<NearRow>& all, size_t k);

}  // namespace sightline::index
