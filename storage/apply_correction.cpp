#include "storage/apply_correction.h"

#include <algorithm>

namespace sightline::storage {
namespace {

bool IsNamed(const Correction& correction, const std::string& attribute) {
  return std::ranges::find(correction.removed_attributes, attribute) !=
             correction.removed_attributes.end() ||
         std::ranges::find(correction.attributes, attribute, &Attribute::name) !=
             correction.attributes.end();
}

}  // namespace

bool ChangesSighting(const Correction& correction, const Sighting& sighting) {
  if (correction.plate && *correction.plate != sighting.plate) return true;
  Sighting corrected;
  corrected.attributes = sighting.attributes;
  ApplyCorrection(correction, corrected);
  return corrected.attributes != sighting.attributes;
}

void ApplyCorrection(const Correction& correction, Sighting& sighting) {
  if (correction.plate) sighting.plate = *correction.plate;
  std::erase_if(sighting.attributes,
                [&](const Attribute& attribute) { return IsNamed(correction, attribute.name); });
  sighting.attributes.insert(sighting.attributes.end(), correction.attributes.begin(),
                             correction.attributes.end());
  std::ranges::sort(sighting.attributes, {}, &Attribute::name);
}

StoredCorrection MakeStoredCorrection(const Correction& correction, const StoredSighting& before,
                                      Sequence sequence, TimestampMs now) {
  StoredCorrection stored{.sighting = before.id,
                          .sequence = sequence,
                          .corrected = now,
                          .correction = correction,
                          .camera_id = before.sighting.camera_id,
                          .plate_before = before.sighting.plate,
                          .attributes_before = {}};
  for (const Attribute& attribute : before.sighting.attributes) {
    if (IsNamed(correction, attribute.name)) stored.attributes_before.push_back(attribute);
  }
  return stored;
}

}  // namespace sightline::storage
