// Questions about the index on the wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"

namespace sightline::api {

// The body of POST /v1/index/rebuild: what is to be built anew.
struct RebuildBody {
  std::string space;       // its graphs alone; empty: whole segments
  std::optional<Day> day;  // none: every day
  std::string segment;     // of the day; empty: all
};

// Strict. kInvalidArgument with `field` too for a segment without a day.
Result<RebuildBody> ParseRebuild(std::string_view json);

// The same as it was given: what ParseRebuild reads back.
std::string WriteRebuild(const RebuildBody& body);

}  // namespace sightline::api
