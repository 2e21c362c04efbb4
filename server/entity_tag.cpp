#include "server/entity_tag.h"

namespace sightline::server {

std::string EntityTag(uint64_t revision) { return '"' + std::to_string(revision) + '"'; }

bool IfMatchHolds(std::string_view if_match, uint64_t revision) {
  if (if_match.empty()) return true;
  const std::string wanted = EntityTag(revision);
  while (!if_match.empty()) {
    const size_t comma = if_match.find(',');
    std::string_view tag = if_match.substr(0, comma);
    if_match = comma == std::string_view::npos ? std::string_view() : if_match.substr(comma + 1);
    const size_t start = tag.find_first_not_of(" \t");
    if (start == std::string_view::npos) continue;
    tag = tag.substr(start, tag.find_last_not_of(" \t") - start + 1);
    if (tag == "*" || tag == wanted) return true;
  }
  return false;
}

}  // namespace sightline::server
