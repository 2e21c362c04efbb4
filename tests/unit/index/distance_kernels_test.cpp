#include "index/distance_kernels.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace sightline::index {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<VectorSpace> EverySpace() {
  std::vector<VectorSpace> spaces;
  for (const auto element : {VectorElement::kU8, VectorElement::kI8, VectorElement::kF32}) {
    for (const auto metric :
         {VectorMetric::kL2, VectorMetric::kCosine, VectorMetric::kInnerProduct}) {
      for (const uint32_t bytes : {128u, 512u}) {
        spaces.push_back({.name = "test", .bytes = bytes, .element = element, .metric = metric});
      }
    }
  }
  return spaces;
}

std::string NameOf(const VectorSpace& space) {
  return fmt::format("{} {} {}", ElementName(space.element), MetricName(space.metric), space.bytes);
}

using Random = std::mt19937_64;

std::string OfFloats(const VectorSpace& space, auto&& component) {
  std::string vector(space.bytes, '\0');
  for (size_t i = 0; i < space.dimensions(); ++i) {
    const float value = component(i);
    std::memcpy(vector.data() + i * sizeof(value), &value, sizeof(value));
  }
  return vector;
}

std::string RandomVector(const VectorSpace& space, Random& random) {
  if (space.element == VectorElement::kF32) {
    std::normal_distribution<float> normal;
    return OfFloats(space, [&](size_t) { return normal(random); });
  }
  std::string vector(space.bytes, '\0');
  for (char& c : vector) c = static_cast<char>(random());
  return vector;
}

std::vector<std::string> ExtremeVectors(const VectorSpace& space) {
  std::vector<std::string> vectors;
  if (space.element == VectorElement::kF32) {
    using Limits = std::numeric_limits<float>;
    for (const float value : {0.0f, -0.0f, 1.0f, Limits::denorm_min(), Limits::min(), 1e-30f,
                              1e18f, 3e37f, Limits::max(), Limits::lowest()}) {
      vectors.push_back(OfFloats(space, [&](size_t) { return value; }));
      vectors.push_back(OfFloats(space, [&](size_t i) { return i % 2 == 0 ? value : -value; }));
      vectors.push_back(OfFloats(space, [&](size_t i) { return i == 7 ? value : 0; }));
      // Large and small beside each other: rounding in another order would show.
      vectors.push_back(OfFloats(space, [&](size_t i) { return value / float(1 + i * i); }));
    }
    return vectors;
  }
  for (const char value : {'\x00', '\x01', '\x7f', '\x80', '\x81', '\xff'}) {
    vectors.emplace_back(space.bytes, value);
    vectors.emplace_back(space.bytes, '\0');
    for (size_t i = 0; i < space.bytes; i += 2) vectors.back()[i] = value;
    vectors.emplace_back(space.bytes, '\0');
    vectors.back().back() = value;
  }
  return vectors;
}

// Extreme vectors, random ones, and some that equal or nearly equal others.
std::vector<std::string> TestVectors(const VectorSpace& space, Random& random) {
  std::vector<std::string> vectors = ExtremeVectors(space);
  for (int i = 0; i < 60; ++i) vectors.push_back(RandomVector(space, random));
  for (int i = 0; i < 20; ++i) {
    vectors.push_back(vectors[random() % vectors.size()]);
    vectors.back()[0] = static_cast<char>(vectors.back()[0] ^ (i % 2));
  }
  return vectors;
}

std::vector<std::byte> Joined(const std::vector<std::string>& vectors) {
  std::vector<std::byte> rows;
  for (const std::string& vector : vectors) {
    const auto* bytes = reinterpret_cast<const std::byte*>(vector.data());
    rows.insert(rows.end(), bytes, bytes + vector.size());
  }
  return rows;
}

std::vector<DistanceKey> KeysOf(const DistanceKernels& kernels, const std::string& query,
                                const std::vector<std::byte>& rows, size_t row_count) {
  std::vector<DistanceKey> keys(row_count);
  kernels.Contiguous(kernels.Prepare(query), rows.data(), keys);
  return keys;
}

// Of binary64 sums of that many terms, relative to the terms' sizes.
double RoundingOf(const VectorSpace& space, const std::string& a, const std::string& b) {
  VectorSpace length = space;
  length.metric = VectorMetric::kL2;
  const std::string zero(space.bytes, '\0');
  const double lengths = VectorDistance(length, a, zero) * VectorDistance(length, b, zero);
  return 1e-13 * (space.metric == VectorMetric::kInnerProduct ? lengths : 1);
}

class EveryKernel : public testing::Test {
 protected:
  const uint64_t seed_ = std::random_device()();
  const testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
  Random random_{seed_};
};

TEST_F(EveryKernel, KeysStandForTheDistanceByDefinition) {
  for (const VectorSpace& space : EverySpace()) {
    const auto vectors = TestVectors(space, random_);
    const auto rows = Joined(vectors);
    const DistanceKernels& kernels = DistanceKernels::Of(space);
    for (size_t q = 0; q < vectors.size(); ++q) {
      const auto keys = KeysOf(kernels, vectors[q], rows, vectors.size());
      for (size_t i = 0; i < vectors.size(); ++i) {
        const double expected = VectorDistance(space, vectors[q], vectors[i]);
        const double found = kernels.DistanceOf(keys[i]);
        const std::string where = fmt::format("{}, vectors {} and {}", NameOf(space), q, i);
        ASSERT_FALSE(std::isnan(found)) << where;
        if (space.element != VectorElement::kF32) {
          const double exact =
              space.metric == VectorMetric::kCosine ? static_cast<float>(expected) : expected;
          ASSERT_EQ(found, exact) << where;
        } else if (std::abs(expected) > std::numeric_limits<float>::max()) {
          ASSERT_EQ(found, std::copysign(kInfinity, expected)) << where;
        } else {
          const double tolerance = std::abs(expected) * 6e-8 + 1e-45 +
                                   RoundingOf(space, vectors[q], vectors[i]);
          ASSERT_NEAR(found, expected, tolerance) << where;
        }
      }
    }
  }
}

TEST_F(EveryKernel, KeysAscendWithDistances) {
  for (const VectorSpace& space : EverySpace()) {
    if (space.element == VectorElement::kF32) continue;  // the definition's sums round otherwise
    const auto vectors = TestVectors(space, random_);
    const auto rows = Joined(vectors);
    const auto keys = KeysOf(DistanceKernels::Of(space), vectors.back(), rows, vectors.size());
    for (size_t i = 0; i < vectors.size(); ++i) {
      for (size_t j = 0; j < vectors.size(); ++j) {
        const double a = VectorDistance(space, vectors.back(), vectors[i]);
        const double b = VectorDistance(space, vectors.back(), vectors[j]);
        if (a <= b) {
          ASSERT_LE(keys[i], keys[j]) << NameOf(space) << ' ' << a << ' ' << b;
        } else if (static_cast<float>(a) > static_cast<float>(b)) {
          ASSERT_GT(keys[i], keys[j]) << NameOf(space) << ' ' << a << ' ' << b;
        }
      }
    }
  }
}

TEST_F(EveryKernel, DistanceOfAndKeyOrderAgree) {
  for (const VectorSpace& space : EverySpace()) {
    const auto vectors = TestVectors(space, random_);
    const auto rows = Joined(vectors);
    const DistanceKernels& kernels = DistanceKernels::Of(space);
    std::vector<DistanceKey> keys;
    for (const std::string& query : vectors) {
      const auto more = KeysOf(kernels, query, rows, vectors.size());
      keys.insert(keys.end(), more.begin(), more.end());
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    for (size_t i = 1; i < keys.size(); ++i) {
      ASSERT_LT(kernels.DistanceOf(keys[i - 1]), kernels.DistanceOf(keys[i])) << NameOf(space);
    }
    EXPECT_LT(keys.back(), kFarthestKey);
    EXPECT_GE(kernels.DistanceOf(kFarthestKey), kernels.DistanceOf(keys.back()));
  }
}

TEST_F(EveryKernel, QueryAndRowMayChangePlaces) {
  for (const VectorSpace& space : EverySpace()) {
    const auto vectors = TestVectors(space, random_);
    const auto rows = Joined(vectors);
    const DistanceKernels& kernels = DistanceKernels::Of(space);
    std::vector<std::vector<DistanceKey>> keys;
    for (const auto& query : vectors) {
      keys.push_back(KeysOf(kernels, query, rows, vectors.size()));
    }
    for (size_t i = 0; i < vectors.size(); ++i) {
      for (size_t j = 0; j < i; ++j) ASSERT_EQ(keys[i][j], keys[j][i]) << NameOf(space);
    }
  }
}

TEST_F(EveryKernel, AVectorIsAtNoDistanceFromItself) {
  for (const VectorSpace& space : EverySpace()) {
    if (space.metric == VectorMetric::kInnerProduct) continue;
    const DistanceKernels& kernels = DistanceKernels::Of(space);
    for (const std::string& vector : TestVectors(space, random_)) {
      const bool zero = std::all_of(vector.begin(), vector.end(),
                                    [](char c) { return (c & 0x7f) == 0; });
      if (space.metric == VectorMetric::kCosine && zero) continue;
      const auto keys = KeysOf(kernels, vector, Joined({vector}), 1);
      ASSERT_EQ(kernels.DistanceOf(keys[0]), 0) << NameOf(space);
    }
  }
}

TEST_F(EveryKernel, KeyWithinIsTheGreatestKeyOfNoGreaterDistance) {
  for (const VectorSpace& space : EverySpace()) {
    const auto vectors = TestVectors(space, random_);
    const DistanceKernels& kernels = DistanceKernels::Of(space);
    std::vector<DistanceKey> keys;
    for (int q = 0; q < 10; ++q) {
      const auto more = KeysOf(kernels, vectors[random_() % vectors.size()], Joined(vectors),
                               vectors.size());
      keys.insert(keys.end(), more.begin(), more.end());
    }
    for (const DistanceKey key : keys) {
      const double distance = kernels.DistanceOf(key);
      ASSERT_EQ(kernels.KeyWithin(distance), key) << NameOf(space) << ' ' << distance;
      if (std::isinf(distance)) continue;
      ASSERT_EQ(kernels.KeyWithin(std::nextafter(distance, kInfinity)), key)
          << NameOf(space) << ' ' << distance;
      const auto below = kernels.KeyWithin(std::nextafter(distance, -kInfinity));
      if (key == 0) {
        ASSERT_FALSE(below);
      } else if (below) {
        ASSERT_LT(*below, key) << NameOf(space) << ' ' << distance;
        ASSERT_LT(kernels.DistanceOf(*below), distance);
      }
    }
  }
}

TEST_F(EveryKernel, KeyWithinKnowsNoneAndAll) {
  for (const VectorSpace& space : EverySpace()) {
    const DistanceKernels& kernels = DistanceKernels::Of(space);
    EXPECT_FALSE(kernels.KeyWithin(std::numeric_limits<double>::quiet_NaN()));
    if (space.metric == VectorMetric::kL2) {
      EXPECT_FALSE(kernels.KeyWithin(-0.001));
      EXPECT_FALSE(kernels.KeyWithin(-kInfinity));
      EXPECT_TRUE(kernels.KeyWithin(-0.0));
      EXPECT_EQ(kernels.KeyWithin(-0.0), kernels.KeyWithin(0));
    }
    const auto all = kernels.KeyWithin(kInfinity);
    ASSERT_TRUE(all);
    const auto vectors = TestVectors(space, random_);
    for (const std::string& query : vectors) {
      for (const DistanceKey key : KeysOf(kernels, query, Joined(vectors), vectors.size())) {
        ASSERT_LE(key, *all) << NameOf(space);
      }
    }
    EXPECT_LE(kernels.KeyWithin(1e30), all);
    EXPECT_GE(kernels.KeyWithin(1e30), kernels.KeyWithin(1e10));
  }
}

TEST_F(EveryKernel, EverySetGivesThePortableKeys) {
  ASSERT_EQ(SupportedInstructionSets().front(), InstructionSet::kPortable);
  for (const VectorSpace& space : EverySpace()) {
    const auto vectors = TestVectors(space, random_);
    const auto rows = Joined(vectors);
    const DistanceKernels& portable = *DistanceKernels::Of(space, InstructionSet::kPortable);
    for (const InstructionSet set : SupportedInstructionSets()) {
      const DistanceKernels& kernels = *DistanceKernels::Of(space, set);
      for (const std::string& query : vectors) {
        ASSERT_EQ(KeysOf(kernels, query, rows, vectors.size()),
                  KeysOf(portable, query, rows, vectors.size()))
            << NameOf(space) << ", " << InstructionSetName(set);
      }
    }
  }
}

// Rows at odd addresses, behind a byte that is no row's.
TEST_F(EveryKernel, EveryCountOfRowsIsComparedWhereverItLies) {
  for (const VectorSpace& space : EverySpace()) {
    const auto vectors = TestVectors(space, random_);
    std::vector<std::byte> odd(1 + vectors.size() * space.bytes);
    const auto rows = Joined(vectors);
    std::memcpy(odd.data() + 1, rows.data(), rows.size());
    const auto expected = KeysOf(*DistanceKernels::Of(space, InstructionSet::kPortable),
                                 vectors.back(), rows, vectors.size());
    for (const InstructionSet set : SupportedInstructionSets()) {
      const DistanceKernels& kernels = *DistanceKernels::Of(space, set);
      const PreparedVector query = kernels.Prepare(vectors.back());
      for (size_t count = 0; count <= 37; ++count) {
        std::vector<DistanceKey> keys(count + 1, 77);
        kernels.Contiguous(query, odd.data() + 1, std::span(keys).first(count));
        ASSERT_TRUE(std::equal(keys.begin(), keys.end() - 1, expected.begin()))
            << NameOf(space) << ", " << InstructionSetName(set) << ", " << count << " rows";
        ASSERT_EQ(keys.back(), 77u);

        std::vector<uint32_t> numbers(count);
        for (uint32_t& n : numbers) n = static_cast<uint32_t>(random_() % vectors.size());
        kernels.Gather(query, odd.data() + 1, numbers, keys.data());
        for (size_t i = 0; i < count; ++i) {
          ASSERT_EQ(keys[i], expected[numbers[i]])
              << NameOf(space) << ", " << InstructionSetName(set) << ", " << count << " rows";
        }
        ASSERT_EQ(keys.back(), 77u);
      }
    }
  }
}

TEST_F(EveryKernel, ABatchIsItsQueriesOneByOne) {
  for (const VectorSpace& space : EverySpace()) {
    const auto vectors = TestVectors(space, random_);
    const auto rows = Joined(vectors);
    const DistanceKernels& portable = *DistanceKernels::Of(space, InstructionSet::kPortable);
    for (const InstructionSet set : SupportedInstructionSets()) {
      const DistanceKernels& kernels = *DistanceKernels::Of(space, set);
      for (const size_t query_count : {0u, 1u, 2u, 3u, 5u, 15u, 16u, 17u, 33u, 70u}) {
        for (const size_t row_count : {size_t{0}, size_t{1}, size_t{15}, size_t{16}, size_t{50},
                                       vectors.size()}) {
          std::vector<PreparedVector> queries;
          std::vector<DistanceKey> expected;
          for (size_t q = 0; q < query_count; ++q) {
            const std::string& query = vectors[random_() % vectors.size()];
            queries.push_back(kernels.Prepare(query));
            const auto keys = KeysOf(portable, query, rows, row_count);
            expected.insert(expected.end(), keys.begin(), keys.end());
          }
          std::vector<DistanceKey> keys(expected.size() + 1, 77);
          kernels.Batch(queries, rows.data(), row_count, keys.data());
          ASSERT_EQ(keys.back(), 77u);
          keys.pop_back();
          ASSERT_EQ(keys, expected) << NameOf(space) << ", " << InstructionSetName(set) << ", "
                                    << query_count << " queries, " << row_count << " rows";
        }
      }
    }
  }
}

}  // namespace
}  // namespace sightline::index
