// Spaces of appearance vectors on the wire.
#pragma once

#include <string_view>

#include "api/json_writer.h"
#include "core/error.h"
#include "core/vector_space.h"

namespace sightline::api {

// The body of PUT /v1/spaces/{name}: bytes, element and metric must be there, since they can never
// be changed. Errors: kInvalidArgument with `field`: a pointer into the body, or "name".
Result<VectorSpace> ParseSpace(std::string_view name, std::string_view json);

// The members of the object that a caller has opened: name, bytes, dimensions, element, metric, and
// the model where it has a name.
void WriteSpaceMembers(JsonWriter& json, const VectorSpace& space);

}  // namespace sightline::api
