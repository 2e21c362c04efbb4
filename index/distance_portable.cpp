// Distances in plain C++: what the faster sets must equal bit for bit.
#include <cmath>
#include <cstring>
#include <type_traits>

#include "index/distance_functions.h"
#include "index/distance_key.h"
#include "index/distance_loops.h"

namespace sightline::index {
namespace {

double SumOfLanes(const double (&lanes)[kLanes]) {
  return ((lanes[0] + lanes[1]) + (lanes[4] + lanes[5])) +
         ((lanes[2] + lanes[3]) + (lanes[6] + lanes[7]));
}

// As VectorDistance has it.
DistanceKey CosineKey(double product, double query_length, double row_length) {
  const double lengths = std::sqrt(query_length * row_length);
  return KeyOfFloat(static_cast<float>(lengths == 0 ? 1 : 1 - product / lengths));
}

template <VectorElement element, VectorMetric metric, size_t bytes>
class FourRows {
 public:
  explicit FourRows(const PreparedVector& query) : query_(query) {}

  void operator()(const std::byte* const (&rows)[4], DistanceKey* keys) const {
    for (size_t i = 0; i < 4; ++i) keys[i] = Key(rows[i]);
  }

 private:
  using Byte = std::conditional_t<element == VectorElement::kU8, uint8_t, int8_t>;

  DistanceKey Key(const std::byte* row) const {
    const auto* query = reinterpret_cast<const int16_t*>(query_.widened.data());
    const auto* components = reinterpret_cast<const Byte*>(row);
    int32_t sum = 0;
    int32_t length = 0;
    for (size_t i = 0; i < bytes; ++i) {
      const auto component = static_cast<int16_t>(components[i]);
      if constexpr (metric == VectorMetric::kL2) {
        const auto difference = static_cast<int16_t>(query[i] - component);
        sum += int32_t{difference} * difference;
      } else {
        sum += int32_t{query[i]} * component;
      }
      if constexpr (metric == VectorMetric::kCosine) length += int32_t{component} * component;
    }
    if constexpr (metric == VectorMetric::kL2) return static_cast<DistanceKey>(sum);
    if constexpr (metric == VectorMetric::kInnerProduct) {
      return kProductOffset - static_cast<DistanceKey>(sum);
    }
    return CosineKey(sum, query_.length, length);
  }

  const PreparedVector& query_;
};

template <VectorMetric metric, size_t bytes>
class FourRows<VectorElement::kF32, metric, bytes> {
 public:
  explicit FourRows(const PreparedVector& query) : query_(query) {}

  void operator()(const std::byte* const (&rows)[4], DistanceKey* keys) const {
    for (size_t i = 0; i < 4; ++i) keys[i] = Key(rows[i]);
  }

 private:
  DistanceKey Key(const std::byte* row) const {
    const auto* query = reinterpret_cast<const double*>(query_.widened.data());
    double sums[kLanes] = {};
    double lengths[kLanes] = {};
    for (size_t i = 0; i < bytes / sizeof(float); i += kLanes) {
      float components[kLanes];
      std::memcpy(components, row + i * sizeof(float), sizeof(components));
      for (size_t lane = 0; lane < kLanes; ++lane) {
        const double component = components[lane];
        if constexpr (metric == VectorMetric::kL2) {
          const double difference = query[i + lane] - component;
          sums[lane] += difference * difference;
        } else {
          sums[lane] += query[i + lane] * component;
        }
        if constexpr (metric == VectorMetric::kCosine) lengths[lane] += component * component;
      }
    }
    const double sum = SumOfLanes(sums);
    if constexpr (metric == VectorMetric::kL2) {
      return KeyOfFloat(static_cast<float>(std::sqrt(sum)));
    }
    // Zero must be +0, the rounded one too.
    if constexpr (metric == VectorMetric::kInnerProduct) {
      return KeyOfFloat(static_cast<float>(0 - sum) + 0.0f);
    }
    return CosineKey(sum, query_.length, SumOfLanes(lengths));
  }

  const PreparedVector& query_;
};

}  // namespace

DistanceFunctions PortableFunctions(VectorElement element, VectorMetric metric, size_t bytes) {
  return LoopsOver<FourRows>(element, metric, bytes);
}

double ProductWithItself(const double* components, size_t count) {
  double lanes[kLanes] = {};
  for (size_t i = 0; i < count; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      lanes[lane] += components[i + lane] * components[i + lane];
    }
  }
  return SumOfLanes(lanes);
}

}  // namespace sightline::index
