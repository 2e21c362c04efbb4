#include "server/exchange.h"

#include <fmt/format.h>

#include <algorithm>

namespace sightline::server {

std::string_view Request::Header(std::string_view name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string_view> Request::Parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Status Request::RequireKnownParameters(std::initializer_list<std::string_view> known) const {
  for (auto it = parameters.begin(); it != parameters.end(); ++it) {
    const std::string& name = it->first;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return InvalidArgument(fmt::format("there is no query parameter '{}' here", name), name);
    }
    const bool repeated =
        std::any_of(parameters.begin(), it, [&](const auto& other) { return other.first == name; });
    if (repeated) {
      return InvalidArgument(fmt::format("the query parameter '{}' is given twice", name), name);
    }
  }
  return Ok();
}

}  // namespace sightline::server
