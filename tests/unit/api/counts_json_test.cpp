// The questions of counts, as bodies and as parameters.
#include "api/counts_json.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "api/filter_json.h"

namespace sightline::api {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> Names(const CountsBody& body) {
  std::vector<std::string> names;
  for (const NamedCountKey& key : body.group_by) names.push_back(key.name);
  return names;
}

TEST(CountsJson, ParametersSayWhatABodySays) {
  const Result<CountsBody> body = ParseCounts(
      R"({"filter":{"time":{"from":"2016-09-21T00:00:00+08:00","to":1474473600000},"plate":"京A*",
          "cameras":["K-1","K-2"],"near":{"lon":116.31,"lat":39.98,"radius_m":800},
          "attributes":{"color":["silver","gray"],"year":["2013",2013]}},
          "group_by":["hour","color"],"tz":"Asia/Shanghai","fill":false,"max_rows":7,"as_of":9})");
  ASSERT_TRUE(body) << body.error().message;
  const Result<CountsBody> parameters =
      ParseCountParameters(Parameters{{"from", "2016-09-21T00:00:00+08:00"},
                                      {"to", "1474473600000"},
                                      {"plate", "京A*"},
                                      {"cameras", "K-1"},
                                      {"cameras", "K-2"},
                                      {"near", "116.31,39.98,800"},
                                      {"attributes.color", "silver,gray"},
                                      {"filter", R"({"attributes":{"year":["2013",2013]}})"},
                                      {"group_by", "hour,color"},
                                      {"tz", "Asia/Shanghai"},
                                      {"fill", "false"},
                                      {"max_rows", "7"},
                                      {"as_of", "9"}});
  ASSERT_TRUE(parameters) << parameters.error().message;
  EXPECT_EQ(parameters->filter, body->filter);
  EXPECT_EQ(parameters->group_by, body->group_by);
  EXPECT_EQ(parameters->time_zone, body->time_zone);
  EXPECT_EQ(parameters->fills, body->fills);
  EXPECT_EQ(parameters->max_rows, body->max_rows);
  EXPECT_EQ(parameters->as_of, body->as_of);
}

TEST(CountsJson, AListOfKeysComesInThreeForms) {
  const std::vector<std::string> wanted = {"hour", "color"};
  EXPECT_EQ(Names(ParseCountParameters(Parameters{{"group_by", "hour,color"}}).value()), wanted);
  EXPECT_EQ(Names(ParseCountParameters(Parameters{{"group_by", R"(["hour","color"])"}}).value()),
            wanted);
  EXPECT_EQ(Names(ParseCountParameters(Parameters{{"group_by", "hour"}, {"group_by", "color"}})
                      .value()),
            wanted);
}

TEST(CountsJson, AnAttributeMayBeCalledLikeAnotherKey) {
  const NamedCountKey key = ParseCountKey("attributes.hour").value();
  EXPECT_EQ(key.name, "attributes.hour");
  EXPECT_EQ(key.key, (CountKey{CountKey::Kind::kAttribute, "hour", {}}));
  EXPECT_EQ(ParseCountKey("hour").value().key,
            (CountKey{CountKey::Kind::kTime, {}, TimeUnit::kHour}));
  EXPECT_FALSE(ParseCountKey("distinct_plates"));
  EXPECT_FALSE(ParseCountKey("attributes."));
}

TEST(CountsJson, AnAreaIsOneJsonValue) {
  const std::string area = R"({"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]})";
  EXPECT_TRUE(ParseCountParameters(Parameters{{"area", area}}).value().filter.area);
  const auto smuggled = ParseCountParameters(Parameters{{"area", area + R"(,"plate":"X")"}});
  ASSERT_FALSE(smuggled);
  EXPECT_EQ(smuggled.error().field, "area");
}

TEST(CountsJson, MistakesNameTheirParameter) {
  for (const auto& [name, value] : Parameters{{"from", "yesterday"},
                                              {"plate", "!"},
                                              {"max_distance", "1"},
                                              {"near", "1,2,x"},
                                              {"near", "200,0,5"},
                                              {"area", "[]"},
                                              {"group_by", "hour,hour"},
                                              {"group_by", "count"},
                                              {"fill", "yes"},
                                              {"max_rows", "0"},
                                              {"cameras", ","},
                                              {"limit", "5"}}) {
    const Result<CountsBody> body = ParseCountParameters(Parameters{{name, value}});
    ASSERT_FALSE(body) << name << "=" << value;
    EXPECT_EQ(body.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(body.error().field, name) << value;
  }
  EXPECT_EQ(ParseCountParameters(Parameters{{"filter", R"({"plat":"X"})"}}).error().field,
            "filter/plat");
}

}  // namespace
}  // namespace sightline::api
