// What was found out of one plate on the way to its conflict.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/sighting.h"
#include "query/misread_sources.h"
#include "query/plate_history.h"
#include "query/plate_split.h"
#include "query/track_reading.h"

namespace sightline::query {

// Vectors by reading are in the order of `track`.
struct PlateCase {
  std::string_view plate;
  std::vector<TrackReading> track;
  std::vector<std::pair<size_t, size_t>> pairs;  // that exclude each other
  std::vector<StoredSighting> records;
  std::vector<const Sighting*> sightings;  // by reading; null: gone
  std::vector<MisreadSource> sources;      // by reading
  std::vector<double> far_misreads;        // by reading: expected ones of plates that are not near
  Split one;                               // as of one vehicle and strays
  Split many;                              // as of any number
  std::vector<int> known;                  // by reading, of a person's verdict; empty: none
  std::optional<int> known_genuine;
  std::optional<EarlierVehicle> before;    // of `many`
};

SightingId SightingIdOf(const PlateReading& reading,
                        const std::map<uint32_t, std::string>& camera_ids);

}  // namespace sightline::query
