#include "query/misread_looks.h"

#include <algorithm>
#include <string>

namespace sightline::query {

Looks LooksOf(const Sighting& sighting) {
  Looks looks;
  for (const Attribute& attribute : sighting.attributes) {
    const auto at = std::ranges::find(kLooks, attribute.name);
    if (at != kLooks.end()) looks[static_cast<size_t>(at - kLooks.begin())] = attribute.value;
  }
  return looks;
}

std::optional<std::vector<Attribute>> AgreementOf(const Looks& a, const Looks& b) {
  std::vector<Attribute> agreed;
  for (size_t i = 0; i < kLooks.size(); ++i) {
    if (!a[i] || !b[i]) continue;
    if (*a[i] != *b[i]) return std::nullopt;
    agreed.push_back({std::string(kLooks[i]), *a[i]});
  }
  return agreed;
}

}  // namespace sightline::query
