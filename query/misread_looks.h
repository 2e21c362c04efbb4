// What a misread and the plate that it is taken for must agree in, wherever strings one confusion
// apart are counted as one vehicle (companions, common plates).
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/sighting.h"

namespace sightline::query {

// A string that is read more often than this, where such strings are counted, is a plate and not a
// misread of another.
inline constexpr size_t kMaxMisreadReadings = 3;

// Attributes that a camera reads of every vehicle, in the order in which agreement names them.
inline constexpr std::array<std::string_view, 4> kLooks = {"type", "brand", "model", "color"};

// What one reading says of them; nothing where it does not.
using Looks = std::array<std::optional<AttributeValue>, kLooks.size()>;
Looks LooksOf(const Sighting& sighting);

// Those of kLooks that both readings have, all with equal values; nothing where they differ in one.
// Empty: nothing speaks for one vehicle, nor against it.
std::optional<std::vector<Attribute>> AgreementOf(const Looks& a, const Looks& b);

}  // namespace sightline::query
