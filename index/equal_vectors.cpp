#include "index/equal_vectors.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <map>

namespace sightline::index {

EqualVectors FindEqualVectors(const VectorArray& vectors) {
  struct Hashed {
    uint64_t hash;
    uint32_t node;
  };
  std::vector<Hashed> hashed(vectors.size());
  for (uint32_t node = 0; node < vectors.size(); ++node) {
    hashed[node] = {XXH3_64bits(vectors.At(node), vectors.space->bytes), node};
  }
  std::sort(hashed.begin(), hashed.end(), [](const Hashed& a, const Hashed& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.node < b.node;
  });

  std::map<uint32_t, std::vector<uint32_t>> groups;
  for (auto from = hashed.begin(); from != hashed.end();) {
    const auto to = std::find_if(from, hashed.end(),
                                 [&](const Hashed& other) { return other.hash != from->hash; });
    // A node that only shares the hash stays alone: some links more, and no wrong answer.
    for (auto other = from + 1; other != to; ++other) {
      if (std::memcmp(vectors.At(from->node), vectors.At(other->node), vectors.space->bytes) == 0) {
        groups[from->node].push_back(other->node);
      }
    }
    from = to;
  }

  EqualVectors equal;
  for (const auto& [original, copies] : groups) {
    equal.originals.push_back(original);
    equal.copies.insert(equal.copies.end(), copies.begin(), copies.end());
    equal.starts.push_back(static_cast<uint32_t>(equal.copies.size()));
  }
  return equal;
}

}  // namespace sightline::index
