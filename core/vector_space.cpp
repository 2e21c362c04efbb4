#include "core/vector_space.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstring>
#include <utility>


namespace sightline {
namespace {

constexpr std::array<std::pair<VectorElement, std::string_view>, 3> kElements = {{
    {VectorElement::kU8, "u8"}, {VectorElement::kI8, "i8"}, {VectorElement::kF32, "f32"}}};
constexpr std::array<std::pair<VectorMetric, std::string_view>, 3> kMetrics = {
    {{VectorMetric::kL2, "l2"}, {VectorMetric::kCosine, "cosine"}, {VectorMetric::kInnerProduct, "ip"}}};

constexpr size_t kMaxNameBytes = 64;
constexpr size_t kMaxModelBytes = 256;

bool IsName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || name[0] < 'a' || name[0] > 'z') return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

double Component(VectorElement element, std::string_view vector, size_t i) {
  switch (element) {
    case VectorElement::kU8:
      return static_cast<uint8_t>(vector[i]);
    case VectorElement::kI8:
      return static_cast<int8_t>(vector[i]);
    case VectorElement::kF32:
      break;
  }
  float component = 0;
  std::memcpy(&component, vector.data() + i * sizeof(component), sizeof(component));
  return component;
}

}  // namespace

const std::vector<VectorSpace>& DefaultSpaces() {
  static const std::vector<VectorSpace> spaces = {{.name = "detail", .bytes = 512},
                                                  {.name = "vehicle", .bytes = 128}};
  return spaces;
}

Status CheckSpace(const VectorSpace& space) {
  if (!IsName(space.name)) {
    return InvalidArgument(
        fmt::format("a space's name is 1 to {} of a-z, 0-9 and '_', beginning with a letter",
                    kMaxNameBytes),
        "/name");
  }
  if (space.bytes != 128 && space.bytes != 512) {
    return InvalidArgument(
        fmt::format("a vector has 128 or 512 bytes, not {}", space.bytes), "/bytes");
  }
  if (space.model.size() > kMaxModelBytes) {
    return InvalidArgument(
        fmt::format("a model's name has at most {} bytes", kMaxModelBytes), "/model");
  }
  return Ok();
}

Status CheckVector(const VectorSpace& space, std::string_view vector) {
  if (vector.size() != space.bytes) {
    return InvalidArgument(fmt::format("a vector of the space \"{}\" has {} bytes, not {}",
                                       space.name, space.bytes, vector.size()));
  }
  if (space.element != VectorElement::kF32) return Ok();
  for (size_t i = 0; i < space.dimensions(); ++i) {
    if (!std::isfinite(Component(space.element, vector, i))) {
      return InvalidArgument(
          fmt::format("component {} of the vector (counted from 0) is not a finite number", i));
    }
  }
  return Ok();
}

double VectorDistance(const VectorSpace& space, std::string_view a, std::string_view b) {
  double squares = 0;
  double product = 0;
  double length_a = 0;
  double length_b = 0;
  for (size_t i = 0; i < space.dimensions(); ++i) {
    const double x = Component(space.element, a, i);
    const double y = Component(space.element, b, i);
    squares += (x - y) * (x - y);
    product += x * y;
    length_a += x * x;
    length_b += y * y;
  }
  switch (space.metric) {
    case VectorMetric::kL2:
      return std::sqrt(squares);
    case VectorMetric::kInnerProduct:
      return -product;
    case VectorMetric::kCosine:
      break;
  }
  // One root: exact where the vectors are the same, so that their distance is 0.
  const double lengths = std::sqrt(length_a * length_b);
  return lengths == 0 ? 1 : 1 - product / lengths;
}

std::string_view ElementName(VectorElement element) {
  return kElements[static_cast<size_t>(element)].second;
}

std::string_view MetricName(VectorMetric metric) {
  return kMetrics[static_cast<size_t>(metric)].second;
}

std::optional<VectorElement> ElementOfName(std::string_view name) {
  for (const auto& [element, known] : kElements) {
    if (known == name) return element;
  }
  return std::nullopt;
}

std::optional<VectorMetric> MetricOfName(std::string_view name) {
  for (const auto& [metric, known] : kMetrics) {
    if (known == name) return metric;
  }
  return std::nullopt;
}

}  // namespace sightline
