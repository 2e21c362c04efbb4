// What an image search is asked with: its members checked, its examples looked up.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/sighting.h"
#include "core/vector_space.h"
#include "query/image_search.h"
#include "storage/store.h"

namespace sightline::query {

struct ImageExamples {
  VectorSpace space;
  std::vector<std::string> like;    // vectors of the space
  std::vector<std::string> unlike;  // vectors of the space
  // Those that were named by their ids, as they stand, `like` first.
  std::vector<StoredSighting> sightings;
  // The first of `like` that is a sighting.
  std::optional<Sighting> first_like;
};

// Errors: those of SearchImage, each with its `field`.
Result<ImageExamples> ResolveExamples(storage::Store& store, const ImageRequest& request,
                                      Sequence as_of);

// The bytes of a sighting's vector of the space; null: it has none that can be compared.
const std::string* VectorOf(const Sighting& sighting, const VectorSpace& space);

}  // namespace sightline::query
