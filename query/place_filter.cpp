#include "query/place_filter.h"

#include <utility>

namespace sightline::query {
namespace {

Filter PlateOf(const Filter& filter) {
  Filter part;
  part.plate_pattern = filter.plate_pattern;
  part.plate_like = filter.plate_like;
  return part;
}

Filter PlaceOf(const Filter& filter) {
  Filter part;
  part.cameras = filter.cameras;
  part.area = filter.area;
  part.near = filter.near;
  return part;
}

}  // namespace

PlaceFilter::PlaceFilter(const Filter& filter, const storage::Store& store)
    : of_plate_(PlateOf(filter)),
      plate_matcher_(of_plate_),
      any_place_(PlaceOf(filter) == Filter{}),
      place_matcher_(PlaceOf(filter)) {
  for (const auto& record : store.Cameras()) {
    camera_ids_.emplace(record->number, record->camera().id);
  }
}

bool PlaceFilter::MatchesPlate(std::string_view plate) const {
  if (of_plate_ == Filter{}) return true;
  Sighting sighting;
  sighting.plate = plate;
  return plate_matcher_.Matches(sighting);
}

bool PlaceFilter::MatchesPlaceOf(const PlateReading& reading) const {
  if (any_place_) return true;
  Sighting sighting;
  sighting.camera_id = CameraId(reading.camera_number);
  sighting.location = reading.place;
  return place_matcher_.Matches(sighting);
}

const std::string& PlaceFilter::CameraId(uint32_t number) const {
  static const std::string kUnknown;
  const auto found = camera_ids_.find(number);
  return found == camera_ids_.end() ? kUnknown : found->second;
}

}  // namespace sightline::query
