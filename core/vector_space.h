// A space of appearance vectors: what its bytes mean and how two of them are compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/vector_element.h"

namespace sightline {

// A space belongs to the model that computes its vectors: vectors of different spaces are never
// compared.
struct VectorSpace {
  std::string name;      // 1 to 64 of a-z, 0-9, '_', beginning with a letter
  uint32_t bytes = 128;  // of a vector: 128 or 512
  VectorElement element = VectorElement::kU8;
  VectorMetric metric = VectorMetric::kL2;
  std::string model;  // the name of the model; at most 256 bytes of UTF-8; may be empty

  size_t dimensions() const { return element == VectorElement::kF32 ? bytes / 4 : bytes; }

  bool operator==(const VectorSpace&) const = default;
};

// Those that are there from the start: "vehicle" (128 bytes) and "detail" (512), u8, l2.
const std::vector<VectorSpace>& DefaultSpaces();

// kInvalidArgument naming the member (`field`) and what it may be.
Status CheckSpace(const VectorSpace& space);

// Whether the bytes are a vector of the space. kInvalidArgument: not as many bytes, or a component
// that is not finite, and which.
Status CheckVector(const VectorSpace& space, std::string_view vector);

// The distance by definition, computed in double: what every faster way must agree with. Both are
// vectors of the space.
double VectorDistance(const VectorSpace& space, std::string_view a, std::string_view b);

// The API's words: "u8", "i8", "f32"; "l2", "cosine", "ip". The readers: nullopt for any other.
std::string_view ElementName(VectorElement element);
std::string_view MetricName(VectorMetric metric);
std::optional<VectorElement> ElementOfName(std::string_view name);
std::optional<VectorMetric> MetricOfName(std::string_view name);

}  // namespace sightline
