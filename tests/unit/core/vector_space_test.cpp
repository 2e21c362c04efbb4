#include "core/vector_space.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace sightline {
namespace {

VectorSpace Space(VectorElement element, VectorMetric metric) {
  return {.name = "test", .bytes = 128, .element = element, .metric = metric};
}

std::string Bytes(char first, char second) {
  std::string bytes(128, '\0');
  bytes[0] = first;
  bytes[1] = second;
  return bytes;
}

std::string Floats(float first, float second) {
  std::string bytes(128, '\0');
  std::memcpy(bytes.data(), &first, 4);
  std::memcpy(bytes.data() + 4, &second, 4);
  return bytes;
}

TEST(VectorSpace, DistancesAreTheMetricsOwn) {
  using enum VectorElement;
  using enum VectorMetric;
  EXPECT_DOUBLE_EQ(VectorDistance(Space(kU8, kL2), Bytes('\xff', 0), Bytes(0, 0)), 255);
  EXPECT_DOUBLE_EQ(VectorDistance(Space(kI8, kL2), Bytes('\xff', 0), Bytes(0, 0)), 1);
  EXPECT_DOUBLE_EQ(VectorDistance(Space(kU8, kL2), Bytes(3, 0), Bytes(0, 4)), 5);
  EXPECT_DOUBLE_EQ(VectorDistance(Space(kI8, kInnerProduct), Bytes('\x80', 0), Bytes('\x80', 0)),
                   -16384);
  EXPECT_DOUBLE_EQ(VectorDistance(Space(kU8, kCosine), Bytes(1, 0), Bytes(0, 1)), 1);
  EXPECT_DOUBLE_EQ(VectorDistance(Space(kF32, kCosine), Floats(2, 2), Floats(-1, -1)), 2);
  EXPECT_DOUBLE_EQ(VectorDistance(Space(kF32, kL2), Floats(0.5f, 0), Floats(0, 0)), 0.5);
}

TEST(VectorSpace, AZeroVectorIsAtRightAnglesToAll) {
  const VectorSpace space = Space(VectorElement::kU8, VectorMetric::kCosine);
  EXPECT_EQ(VectorDistance(space, Bytes(0, 0), Bytes(5, 5)), 1);
  EXPECT_EQ(VectorDistance(space, Bytes(0, 0), Bytes(0, 0)), 1);
}

TEST(VectorSpace, ChecksSayWhatIsWrong) {
  EXPECT_EQ(CheckSpace({.name = "Vehicle"}).error().field, "/name");
  EXPECT_EQ(CheckSpace({.name = "9"}).error().field, "/name");
  EXPECT_EQ(CheckSpace({.name = ""}).error().field, "/name");
  EXPECT_EQ(CheckSpace({.name = "v", .bytes = 256}).error().field, "/bytes");
  EXPECT_EQ(CheckSpace({.name = "v", .model = std::string(257, 'm')}).error().field, "/model");
  for (const VectorSpace& space : DefaultSpaces()) EXPECT_TRUE(CheckSpace(space)) << space.name;
}

TEST(VectorSpace, AVectorIsAsLongAsItsSpaceAndFinite) {
  const VectorSpace bytes = Space(VectorElement::kU8, VectorMetric::kL2);
  EXPECT_TRUE(CheckVector(bytes, std::string(128, '\xff')));
  EXPECT_FALSE(CheckVector(bytes, std::string(127, 'x')));
  const VectorSpace floats = Space(VectorElement::kF32, VectorMetric::kL2);
  EXPECT_TRUE(CheckVector(floats, Floats(1, -1)));
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity()}) {
    const Status status = CheckVector(floats, Floats(1, bad));
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("component 1"), std::string::npos);
  }
}

TEST(VectorSpace, NamesComeBackAsWhatTheyName) {
  for (const auto element : {VectorElement::kU8, VectorElement::kI8, VectorElement::kF32}) {
    EXPECT_EQ(ElementOfName(ElementName(element)), element);
  }
  for (const auto metric :
       {VectorMetric::kL2, VectorMetric::kCosine, VectorMetric::kInnerProduct}) {
    EXPECT_EQ(MetricOfName(MetricName(metric)), metric);
  }
  EXPECT_FALSE(ElementOfName("f16"));
  EXPECT_FALSE(MetricOfName("hamming"));
}

}  // namespace
}  // namespace sightline
