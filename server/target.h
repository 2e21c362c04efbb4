// The request-target: its path, its query, and what percent-encoding stands for.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace sightline::server {

// Views into the target that was split.
struct Target {
  std::string_view authority;  // of the absolute form ("http://host/path"); else empty
  std::string_view path;       // begins with '/', still encoded
  std::string_view query;      // behind the '?', still encoded
};

// Origin form ("/path?query") or absolute form. Beyond RFC 9112, characters outside ASCII may stand
// as they are, in UTF-8, since curl and the like send what a person typed. kInvalidArgument for the
// other forms ("*", "host:port"), for a fragment, for blanks and control bytes, and for what is not
// UTF-8.
Result<Target> SplitTarget(std::string_view target);

// One segment of a path, decoded. kInvalidArgument for bad escapes and for what is not UTF-8.
Result<std::string> DecodeSegment(std::string_view segment);

// The query's parameters in their order, decoded; '+' is a blank, a name without '=' has an empty
// value, empty parts ("a=1&&b=2") are passed over. Errors as DecodeSegment.
Result<std::vector<std::pair<std::string, std::string>>> DecodeQuery(std::string_view query);

}  // namespace sightline::server
