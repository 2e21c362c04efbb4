#include "index/value_dictionary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace sightline::index {
namespace {

constexpr int64_t kTwoTo53 = int64_t{1} << 53;

std::vector<AttributeValue> AllKinds() {
  std::vector<AttributeValue> values = {
      std::string(),
      std::string("Audi"),
      std::string("Audi\0x", 6),
      std::string("京"),
      int64_t{-3},
      int64_t{0},
      int64_t{2013},
      kTwoTo53,
      kTwoTo53 + 1,
      std::numeric_limits<int64_t>::min(),
      std::numeric_limits<int64_t>::max(),
      -0.0,
      0.0,
      2013.0,
      2013.5,
      static_cast<double>(kTwoTo53),
      -0x1p63,
      0x1p63,
      std::numeric_limits<double>::infinity(),
      -std::numeric_limits<double>::quiet_NaN(),
      std::numeric_limits<double>::quiet_NaN(),
      false,
      true,
  };
  std::sort(values.begin(), values.end(), ValueLess);
  return values;
}

TEST(ValueDictionary, HoldsEveryKind) {
  const auto values = AllKinds();
  const auto bytes = EncodeValueDictionary(values);
  const auto dictionary = ValueDictionary::View(bytes);
  ASSERT_TRUE(dictionary) << dictionary.error().message;
  ASSERT_EQ(dictionary->size(), values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const AttributeValue value = (*dictionary)[i];
    EXPECT_FALSE(ValueLess(value, values[i]) || ValueLess(values[i], value)) << i;
  }
}

TEST(ValueDictionary, NumbersAreFoundByExactValue) {
  const auto values = AllKinds();
  const auto bytes = EncodeValueDictionary(values);
  const auto dictionary = ValueDictionary::View(bytes).value();
  const auto found = [&](const AttributeValue& wanted) {
    std::vector<AttributeValue> equal;
    for (const uint32_t ordinal : dictionary.OrdinalsOf(wanted)) {
      equal.push_back(dictionary[ordinal]);
    }
    return equal;
  };
  using Values = std::vector<AttributeValue>;
  EXPECT_EQ(found(std::string("Audi")), (Values{std::string("Audi")}));
  EXPECT_EQ(found(std::string()), (Values{std::string()}));
  EXPECT_EQ(found(std::string("audi")), Values{});
  EXPECT_EQ(found(int64_t{2013}), (Values{int64_t{2013}, 2013.0}));
  EXPECT_EQ(found(2013.0), (Values{int64_t{2013}, 2013.0}));
  EXPECT_EQ(found(2013.5), (Values{2013.5}));
  EXPECT_EQ(found(int64_t{0}), (Values{int64_t{0}, -0.0, 0.0}));
  EXPECT_EQ(found(-0.0), (Values{int64_t{0}, -0.0, 0.0}));
  EXPECT_EQ(found(kTwoTo53), (Values{kTwoTo53, static_cast<double>(kTwoTo53)}));
  EXPECT_EQ(found(kTwoTo53 + 1), (Values{kTwoTo53 + 1})) << "2^53 + 1 is no double";
  const int64_t least = std::numeric_limits<int64_t>::min();
  const int64_t greatest = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(found(least), (Values{least, -0x1p63}));
  EXPECT_EQ(found(greatest), (Values{greatest})) << "2^63 is one more";
  EXPECT_EQ(found(0x1p63), (Values{0x1p63}));
  EXPECT_EQ(found(std::numeric_limits<double>::infinity()).size(), 1u);
  EXPECT_EQ(found(std::numeric_limits<double>::quiet_NaN()), Values{}) << "equal to nothing";
  EXPECT_EQ(found(true), (Values{true}));
  EXPECT_EQ(found(std::string("true")), Values{});
}

TEST(ValueDictionary, CutShortIsRefused) {
  const auto bytes = EncodeValueDictionary(AllKinds());
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(ValueDictionary::View(std::span(bytes).first(length))) << length;
  }
}

}  // namespace
}  // namespace sightline::index
