// A filter as the API takes it.
#pragma once

#include "api/json_writer.h"
#include "core/filter.h"

namespace sightline::client {

// Writes one filter object; what stands at its default is left out.
void WriteFilter(api::JsonWriter& json, const Filter& filter);

}  // namespace sightline::client
