// What a filter says of readings that are known without their records.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/filter.h"
#include "query/filter_matcher.h"
#include "query/plate_readings.h"
#include "storage/store.h"

namespace sightline::query {

// The members of a filter that a plate, a camera and a place decide: plate, plate_like, cameras, area
// and near. Time and attributes are not looked at. Immutable once made but for a memory of the
// cameras; not thread-safe.
class PlaceFilter {
 public:
  // The store outlives the object.
  PlaceFilter(const Filter& filter, const storage::Store& store);

  // Whether any reading of the plate can pass.
  bool MatchesPlate(std::string_view plate) const;
  // Whether the reading passes cameras, area and near.
  bool MatchesPlaceOf(const PlateReading& reading) const;

  const std::string& CameraId(uint32_t number) const;

 private:
  Filter of_plate_;
  FilterMatcher plate_matcher_;
  bool any_place_;
  FilterMatcher place_matcher_;
  std::unordered_map<uint32_t, std::string> camera_ids_;
};

}  // namespace sightline::query
