// Which vectors of a feed's rows can be compared.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/vector_space.h"
#include "index/feed.h"

namespace sightline::index {

// Null when there is none of the name.
const VectorSpace* FindSpace(std::span<const VectorSpace> spaces, std::string_view name);

// Leaves those that are vectors of one of the spaces.
void DropUnreadableVectors(std::span<const VectorSpace> spaces, std::vector<IndexRow>& rows);

}  // namespace sightline::index
