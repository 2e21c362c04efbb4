// Sightings in the binary format of PostgreSQL's COPY: the cheapest for it to take in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/sighting.h"

namespace sightline::bench {

// The statement whose columns AppendCopyRow writes; `options` go behind "FORMAT binary".
std::string CopyStatement(std::string_view options);

// What stands before the first row and behind the last one.
std::string_view CopyHeader();
std::string_view CopyTrailer();

// Appends one row. `camera` is the number of the sighting's camera in table camera (schema.sql);
// `location` must be the sighting's own or its camera's.
void AppendCopyRow(const Sighting& sighting, uint32_t camera, std::string& out);

}  // namespace sightline::bench
