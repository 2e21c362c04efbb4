// Clocks that are a little wrong, from the way there and the way back.
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "query/travel_day.h"

namespace sightline::query {

// Cameras whose clock shows seconds more than those of their neighbours, by number; `bins` ascend.
// On a road with two directions the way back takes about as long as the way there. A clock that is o
// ahead makes the times towards the camera o longer and those away from it o shorter, so that half of
// the difference is o; the median over a camera's neighbours (three at least, most of them agreeing)
// is its offset, whatever one of them shows. Offsets that are smaller than the bound's slack for
// clocks, or that could be the roads', are left out. Clocks that are wrong by more than the way takes
// put readings out of order, and are for TravelSurvey to find.
std::map<uint32_t, double> FindClockOffsets(std::span<const TravelBin> bins);

}  // namespace sightline::query
