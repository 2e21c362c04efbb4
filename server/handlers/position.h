// Places in ordered answers, as page tokens carry them.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"
#include "query/sighting_search.h"

namespace sightline::server {

// The place behind a row of an answer in this order: its id (which holds the time), its camera, and
// for relevance its probability, by the model of `model_version` (16 hex digits).
std::string EncodePosition(const query::SearchPosition& position, ResultOrder order,
                           std::string_view model_version);

// The same for a row of an answer in order of time.
std::string EncodePosition(const StoredSighting& row);

struct DecodedPosition {
  query::SearchPosition position;
  std::string model_version;  // of relevance; else empty
};

// Errors: kInvalidArgument with `field` for text that EncodePosition could not have made.
Result<DecodedPosition> DecodePosition(std::string_view text, ResultOrder order,
                                       std::string_view field);

}  // namespace sightline::server
