// Places in time-ordered answers, as page tokens carry them.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "core/sighting.h"
#include "query/sighting_search.h"

namespace sightline::server {

// The place behind a row: its id (which holds the time) and its camera.
std::string EncodePosition(const StoredSighting& row);

// Errors: kInvalidArgument with `field` for text that EncodePosition could not have made.
Result<query::SearchPosition> DecodePosition(std::string_view text, std::string_view field);

}  // namespace sightline::server
