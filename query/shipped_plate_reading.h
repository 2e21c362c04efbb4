// The file query/data/plate_reading.tsv, as built in.
#pragma once

#include <string_view>

namespace sightline::query {

std::string_view ShippedPlateReading();

}  // namespace sightline::query
