#include "index/distance_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "index/distance_functions.h"
#include "index/distance_key.h"

namespace sightline::index {
namespace {

static_assert(std::numeric_limits<float>::is_iec559);  // a double out of range becomes infinite

DistanceFunctions FunctionsOf(InstructionSet set, VectorElement element, VectorMetric metric,
                              size_t bytes) {
#if defined(__x86_64__)
  if (set == InstructionSet::kAvx2) return Avx2Functions(element, metric, bytes);
  if (set == InstructionSet::kAvx512) return Avx512Functions(element, metric, bytes);
#else
  static_cast<void>(set);
#endif
  return PortableFunctions(element, metric, bytes);
}

class Kernels final : public DistanceKernels {
 public:
  Kernels(InstructionSet set, VectorElement element, VectorMetric metric, size_t bytes)
      : element_(element),
        metric_(metric),
        bytes_(bytes),
        functions_(FunctionsOf(set, element, metric, bytes)) {}

  PreparedVector Prepare(std::string_view vector) const override {
    PreparedVector prepared;
    prepared.widened.fill(std::byte{0});
    prepared.bytes.fill(std::byte{0});
    std::memcpy(prepared.bytes.data(), vector.data(), bytes_);
    if (element_ == VectorElement::kF32) {
      auto* widened = reinterpret_cast<double*>(prepared.widened.data());
      const size_t dimensions = bytes_ / sizeof(float);
      for (size_t i = 0; i < dimensions; ++i) {
        float component = 0;
        std::memcpy(&component, vector.data() + i * sizeof(component), sizeof(component));
        widened[i] = component;
      }
      prepared.length = ProductWithItself(widened, dimensions);
    } else {
      auto* widened = reinterpret_cast<int16_t*>(prepared.widened.data());
      const bool is_signed = element_ == VectorElement::kI8;
      int32_t sum = 0;  // at most 512 * 255^2
      for (size_t i = 0; i < bytes_; ++i) {
        widened[i] = is_signed ? static_cast<int16_t>(static_cast<int8_t>(vector[i]))
                               : static_cast<int16_t>(static_cast<uint8_t>(vector[i]));
        sum += widened[i] * widened[i];
      }
      prepared.integer_term = sum;
      prepared.length = sum;
    }
    return prepared;
  }

  void Contiguous(const PreparedVector& query, const std::byte* rows,
                  std::span<DistanceKey> keys) const override {
    functions_.contiguous(query, rows, keys.size(), keys.data());
  }

  void Gather(const PreparedVector& query, const std::byte* rows,
              std::span<const uint32_t> numbers, DistanceKey* keys) const override {
    functions_.gather(query, rows, numbers.data(), numbers.size(), keys);
  }

  void Batch(std::span<const PreparedVector> queries, const std::byte* rows, size_t row_count,
             DistanceKey* keys) const override {
    functions_.batch(queries.data(), queries.size(), rows, row_count, keys);
  }

  double DistanceOf(DistanceKey key) const override {
    if (!HasIntegerKeys()) {
      // Above infinity there is kFarthestKey alone, which no row has.
      return FloatOfKey(std::min(key, KeyOfFloat(std::numeric_limits<float>::infinity())));
    }
    if (metric_ == VectorMetric::kL2) return std::sqrt(static_cast<double>(key));
    return static_cast<double>(key) - kProductOffset;
  }

  std::optional<DistanceKey> KeyWithin(double distance) const override {
    if (std::isnan(distance)) return std::nullopt;
    if (metric_ == VectorMetric::kL2 && distance < 0) return std::nullopt;
    if (!HasIntegerKeys()) {
      auto nearest = static_cast<float>(distance);
      if (nearest > distance) {
        nearest = std::nextafter(nearest, -std::numeric_limits<float>::infinity());
      }
      return KeyOfFloat(nearest + 0.0f);
    }
    const double exact =
        std::floor(metric_ == VectorMetric::kL2 ? distance * distance : distance + kProductOffset);
    if (exact < 0) return std::nullopt;
    if (exact >= kFarthestKey) return kFarthestKey;
    // The square is rounded, and so may be one too great or too small.
    auto key = static_cast<DistanceKey>(exact);
    if (DistanceOf(key) > distance) --key;
    if (DistanceOf(key + 1) <= distance) ++key;
    return key;
  }

 private:
  bool HasIntegerKeys() const {
    return element_ != VectorElement::kF32 && metric_ != VectorMetric::kCosine;
  }

  VectorElement element_;
  VectorMetric metric_;
  size_t bytes_;
  DistanceFunctions functions_;
};

constexpr size_t kElements = 3;
constexpr size_t kMetrics = 3;
constexpr size_t kLengths = 2;

size_t PlaceOf(const VectorSpace& space) {
  return (static_cast<size_t>(space.element) * kMetrics + static_cast<size_t>(space.metric)) *
             kLengths +
         (space.bytes == 512 ? 1 : 0);
}

using KernelsOfSet = std::vector<Kernels>;  // by PlaceOf

KernelsOfSet MakeKernels(InstructionSet set) {
  KernelsOfSet kernels;
  for (size_t element = 0; element < kElements; ++element) {
    for (size_t metric = 0; metric < kMetrics; ++metric) {
      for (const size_t bytes : {128, 512}) {
        kernels.emplace_back(set, static_cast<VectorElement>(element),
                             static_cast<VectorMetric>(metric), bytes);
      }
    }
  }
  return kernels;
}

// By their places in SupportedInstructionSets.
const std::vector<KernelsOfSet>& AllKernels() {
  static const std::vector<KernelsOfSet> all = [] {
    std::vector<KernelsOfSet> kernels;
    for (const InstructionSet set : SupportedInstructionSets()) kernels.push_back(MakeKernels(set));
    return kernels;
  }();
  return all;
}

}  // namespace

std::span<const InstructionSet> SupportedInstructionSets() {
  static const std::vector<InstructionSet> supported = [] {
    std::vector<InstructionSet> sets = {InstructionSet::kPortable};
#if defined(__x86_64__)
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx2) sets.push_back(InstructionSet::kAvx2);
    if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vnni")) {
      sets.push_back(InstructionSet::kAvx512);
    }
#endif
    return sets;
  }();
  return supported;
}

std::string_view InstructionSetName(InstructionSet set) {
  switch (set) {
    case InstructionSet::kPortable:
      return "portable";
    case InstructionSet::kAvx2:
      return "avx2";
    case InstructionSet::kAvx512:
      break;
  }
  return "avx512";
}

const DistanceKernels& DistanceKernels::Of(const VectorSpace& space) {
  return AllKernels().back()[PlaceOf(space)];
}

const DistanceKernels* DistanceKernels::Of(const VectorSpace& space, InstructionSet set) {
  const auto supported = SupportedInstructionSets();
  const auto at = std::find(supported.begin(), supported.end(), set);
  if (at == supported.end()) return nullptr;
  return &AllKernels()[static_cast<size_t>(at - supported.begin())][PlaceOf(space)];
}

}  // namespace sightline::index
