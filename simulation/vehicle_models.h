// The makes of vehicles that drive around, and how common each is.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "simulation/random.h"

namespace sightline::simulation {

enum class BodyType : uint8_t { kSedan, kSuv, kMpv, kHatchback, kPickup, kVan, kBus, kTruck };
inline constexpr int kBodyTypes = 8;
std::string_view BodyTypeName(BodyType type);  // "sedan", "suv", ...

struct VehicleModel {
  std::string_view brand;
  std::string_view model;
  BodyType type;
  std::string_view years;  // when it was built, "2013-2016"
  double weight;           // how common, against the others
  bool electric = false;
};

// All of them; an index into the list is a model's number.
std::span<const VehicleModel> VehicleModels();

// A model of one of the `types` (a bit set: 1 << type), by how common it is.
uint16_t DrawModel(Random& random, unsigned types);

inline constexpr unsigned kPassengerTypes =
    1u << static_cast<int>(BodyType::kSedan) | 1u << static_cast<int>(BodyType::kSuv) |
    1u << static_cast<int>(BodyType::kMpv) | 1u << static_cast<int>(BodyType::kHatchback) |
    1u << static_cast<int>(BodyType::kPickup);

// Colours: numbers and names.
std::span<const std::string_view> Colors();
uint8_t DrawColor(Random& random);
// The colour that a camera takes for `color` at night or against the sun.
uint8_t ConfusedColor(Random& random, uint8_t color);

}  // namespace sightline::simulation
