// The OpenAPI document that the server answers with.
#pragma once

#include <string_view>

namespace sightline::api {

// OpenAPI 3.1 as JSON: api/openapi.json, compiled in. Lives as long as the program.
std::string_view OpenApiDocument();

}  // namespace sightline::api
