#include "index/readable_vectors.h"

#include <algorithm>

namespace sightline::index {

const VectorSpace* FindSpace(std::span<const VectorSpace> spaces, std::string_view name) {
  const auto space = std::find_if(spaces.begin(), spaces.end(),
                                  [&](const VectorSpace& each) { return each.name == name; });
  return space == spaces.end() ? nullptr : &*space;
}

void DropUnreadableVectors(std::span<const VectorSpace> spaces, std::vector<IndexRow>& rows) {
  for (IndexRow& row : rows) {
    std::erase_if(row.vectors, [&](const AppearanceVector& vector) {
      const VectorSpace* const space = FindSpace(spaces, vector.space);
      return space == nullptr || !CheckVector(*space, vector.bytes);
    });
  }
}

}  // namespace sightline::index
