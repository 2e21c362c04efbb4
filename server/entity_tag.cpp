#include "server/entity_tag.h"

#include <algorithm>

namespace sightline::server {
namespace {

// Whether a list of tags has "*" or one that `same` accepts.
template <typename Same>
bool ListHas(std::string_view list, Same same) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view tag = list.substr(0, comma);
    list.remove_prefix(std::min(list.size(), comma + 1));
    const size_t start = tag.find_first_not_of(" \t");
    if (start == std::string_view::npos) continue;
    tag = tag.substr(start, tag.find_last_not_of(" \t") - start + 1);
    if (tag == "*" || same(tag)) return true;
  }
  return false;
}

std::string_view WithoutWeakness(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

}  // namespace

std::string EntityTag(uint64_t revision) { return '"' + std::to_string(revision) + '"'; }

bool IfMatchHolds(std::string_view if_match, uint64_t revision) {
  if (if_match.empty()) return true;
  const std::string wanted = EntityTag(revision);
  return ListHas(if_match, [&](std::string_view tag) { return tag == wanted; });
}

bool IfNoneMatchHits(std::string_view if_none_match, std::string_view tag) {
  const std::string_view wanted = WithoutWeakness(tag);
  return ListHas(if_none_match,
                 [&](std::string_view other) { return WithoutWeakness(other) == wanted; });
}

}  // namespace sightline::server
