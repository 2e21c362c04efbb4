// Members of an answer's JSON as the cells of a table. simdjson is in sight here: for sources alone.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "core/error.h"

namespace sightline::client {

// `member` of the object as text: strings as they are, fractions with `digits` behind the point, "-"
// for null, "" where there is none.
std::string CellOf(simdjson::dom::element object, std::string_view member, int digits = 2);

// The parsed answer, valid as long as the parser. kInternal, saying so, where it is no object with
// the array `member`.
Result<simdjson::dom::element> ParseAnswer(simdjson::dom::parser& parser, const std::string& json,
                                           std::string_view member);

}  // namespace sightline::client
