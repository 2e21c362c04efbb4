// Page tokens: opaque to clients, bound to the question that they continue.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "core/sighting.h"

namespace sightline::api {

// What a token carries.
struct PageToken {
  Sequence as_of = 0;
  std::string position;  // the place after the last row, in the endpoint's own encoding
};

// `question` is a text that names the endpoint and everything that shapes its answer (canonical
// filter, order, …) but the limit; a token is only good for the question that it was made for.
// Base64url text with a keyless checksum against typing errors; it grants no rights.
std::string EncodePageToken(const PageToken& token, std::string_view question);

// Errors: kInvalidArgument, field "/page_token", for a damaged token or one of another question.
Result<PageToken> DecodePageToken(std::string_view text, std::string_view question);

}  // namespace sightline::api
