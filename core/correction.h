// A person's (or a better recogniser's) correction of a sighting.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/sighting.h"

namespace sightline {

// What is to change. The reading as it came is kept; every question uses the correction from its
// sequence on.
struct Correction {
  // Normalised (core/plate.h); empty: no plate could be read after all. Unset: stays as it is.
  std::optional<std::string> plate;
  std::vector<Attribute> attributes;            // replaced or added; in byte order of name
  std::vector<std::string> removed_attributes;  // in byte order
  std::string note;                             // why; may be empty
  std::string author;                           // the name of the token that asked

  bool operator==(const Correction&) const = default;
};

// A correction as stored.
struct StoredCorrection {
  SightingId sighting;
  Sequence sequence = 0;  // in the order of ingest: the API's `as_of` covers corrections
  TimestampMs corrected;  // when
  Correction correction;
  // As it was before: what the correction teaches.
  std::string camera_id;
  std::string plate_before;
  std::vector<Attribute> attributes_before;  // of the attributes that the correction names

  bool operator==(const StoredCorrection&) const = default;
};

}  // namespace sightline
