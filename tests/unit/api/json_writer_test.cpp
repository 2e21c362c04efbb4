#include "api/json_writer.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

namespace sightline::api {
namespace {

std::string OfDouble(double number) {
  std::string out;
  JsonWriter(out).Double(number);
  return out;
}

TEST(JsonWriter, NestsAndSeparates) {
  std::string out = "before ";
  JsonWriter json(out);
  json.BeginObject().Key("a").BeginArray().Int(-1).Uint(std::numeric_limits<uint64_t>::max());
  json.Bool(true).Null().BeginObject().EndObject().EndArray().Key("b").Raw(R"({"x":[1, 2]})");
  json.Key("t").Time({1474424556120}).Key("p").LonLat({116.25, -39.5}).EndObject();
  EXPECT_EQ(out,
            R"(before {"a":[-1,18446744073709551615,true,null,{}],"b":{"x":[1, 2]},)"
            R"("t":"2016-09-21T02:22:36.120Z","p":{"lon":116.25,"lat":-39.5}})");
}

TEST(JsonWriter, EscapesWhatJsonCannotHold) {
  std::string out;
  JsonWriter(out).String(std::string_view("\"\\/\b\f\n\r\t\0\x1F\x7F京🚗", 18));
  EXPECT_EQ(out, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001F\x7F京🚗\"");
}

TEST(JsonWriter, TheStringIsCompleteAfterEveryCall) {
  std::string out;
  JsonWriter json(out);
  json.BeginArray();
  EXPECT_EQ(out, "[");
  json.String(std::string(1'000, 'x'));
  EXPECT_EQ(out, "[\"" + std::string(1'000, 'x') + "\"");
  json.EndArray();
  EXPECT_EQ(out.back(), ']');
}

TEST(JsonWriter, AttributesKeepTheirTypes) {
  const std::pair<AttributeValue, std::string> cases[] = {{std::string("2013"), "\"2013\""},
                                                          {int64_t{2013}, "2013"},
                                                          {2013.0, "2013.0"},
                                                          {0.1, "0.1"},
                                                          {false, "false"}};
  for (const auto& [value, wanted] : cases) {
    std::string out;
    JsonWriter(out).Attribute(value);
    EXPECT_EQ(out, wanted);
  }
}

TEST(JsonWriter, DoublesReadBackTheSame) {
  const uint64_t seed = 4;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 10'000; ++round) {
    const double number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    const std::string text = OfDouble(number);
    ASSERT_EQ(std::strtod(text.c_str(), nullptr), number) << text;
  }
  EXPECT_EQ(OfDouble(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(OfDouble(-std::numeric_limits<double>::infinity()), "null");
}

}  // namespace
}  // namespace sightline::api
