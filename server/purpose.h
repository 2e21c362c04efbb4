// Why a caller looks at sightings: X-Purpose and X-Case.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"

namespace sightline::server {

inline constexpr size_t kMinPurposeCharacters = 3;
inline constexpr size_t kMaxPurposeBytes = 1000;

struct Purpose {
  std::string purpose;
  std::string case_reference;  // empty: none
};

// Reads the headers' values (percent-encoded UTF-8). `standing_purpose` of the token stands in for
// a missing X-Purpose.
// Errors: kUnacceptable with field "X-Purpose" or "X-Case" unless the purpose has 3 characters or
// more after trimming, both are UTF-8 without control characters, and neither is over 1,000 bytes.
Result<Purpose> ReadPurpose(std::string_view purpose_header, std::string_view case_header,
                            std::string_view standing_purpose);

}  // namespace sightline::server
