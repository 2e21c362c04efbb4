// Searches, filters and the parameters of a query.
#include "api/search_json.h"

#include "api/filter_json.h"
#include "api/json_writer.h"

#include <gtest/gtest.h>

#include <set>

namespace sightline::api {
namespace {

constexpr std::string_view kSquare = "[[[0,0],[1,0],[1,1],[0,0]]]";

TEST(SearchJson, ReadsTheContractsExample) {
  const auto body = ParseSearchSightings(
      R"({"filter":{"time":{"from":"2016-09-21T00:00:00+08:00","to":1474473600000},
                    "plate":"京a*-v76?6","cameras":["K-0017","K-0012","K-0017"],
                    "area":{"type":"Polygon",
                            "coordinates":[[[116.3,39.9],[116.4,39.9],[116.4,40],[116.3,39.9]]]},
                    "near":{"lon":116.31,"lat":39.98,"radius_m":800},
                    "attributes":{"color":["silver","gray"],"brand":"Audi","year":[2013,2014.5],
                                  "inspection_sticker":true}},
          "order":"time_asc","limit":10000,"page_token":"abc","explain":true,"as_of":7})");
  ASSERT_TRUE(body) << body.error().message << " at " << body.error().field;
  const Filter wanted{
      .time = {*ParseRfc3339("2016-09-20T16:00:00Z"), {1474473600000}},
      .plate_pattern = "京A*V76?6",
      .cameras = std::vector<std::string>{"K-0012", "K-0017"},
      .area = Area{{{{{116.3, 39.9}, {116.4, 39.9}, {116.4, 40}, {116.3, 39.9}}}}},
      .near = Circle{{116.31, 39.98}, {800}},
      .attributes = {{"brand", {std::string("Audi")}},
                     {"color", {std::string("silver"), std::string("gray")}},
                     {"inspection_sticker", {true}},
                     {"year", {int64_t{2013}, 2014.5}}}};
  EXPECT_EQ(body->filter, wanted);
  EXPECT_EQ(body->order, ResultOrder::kTimeAscending);
  EXPECT_EQ(body->limit, 10'000u);
  EXPECT_TRUE(body->limit_given);
  EXPECT_EQ(body->page_token, "abc");
  EXPECT_TRUE(body->explain);
  EXPECT_EQ(body->as_of, Sequence{7});
}

TEST(SearchJson, AnEmptyQuestionAsksForEverything) {
  const auto body = ParseSearchSightings("{}");
  ASSERT_TRUE(body);
  EXPECT_EQ(body->filter, Filter{});
  EXPECT_EQ(body->order, ResultOrder::kTimeDescending);
  EXPECT_EQ(body->limit, 100u);
  EXPECT_FALSE(body->limit_given);
  EXPECT_TRUE(body->page_token.empty());
  EXPECT_EQ(body->as_of, std::nullopt);
}

TEST(SearchJson, PlateLikeRanksUnlessAnotherOrderIsAskedFor) {
  for (const auto& [order, wanted] :
       {std::pair("", ResultOrder::kRelevance),
        std::pair(R"("order":"relevance",)", ResultOrder::kRelevance),
        std::pair(R"("order":"time_asc",)", ResultOrder::kTimeAscending),
        std::pair(R"("order":"time_desc",)", ResultOrder::kTimeDescending)}) {
    const auto body = ParseSearchSightings(std::string("{") + order +
                                           R"("filter":{"plate_like":{"text":"A1"}}})");
    ASSERT_TRUE(body) << body.error().message;
    EXPECT_EQ(body->order, wanted) << order;
  }
}

struct GoodFilter {
  std::string name;
  std::string json;
  Filter wanted;
};

class GoodFilters : public testing::TestWithParam<GoodFilter> {};

TEST_P(GoodFilters, AreRead) {
  const auto filter = ParseFilter(GetParam().json, "/filter");
  ASSERT_TRUE(filter) << filter.error().message << " at " << filter.error().field;
  EXPECT_EQ(*filter, GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(
    SearchJson, GoodFilters,
    testing::Values(
        GoodFilter{"Empty", "{}", {}},
        GoodFilter{"OnlyFrom", R"({"time":{"from":5}})", {.time = {{5}, kMaxTimestamp}}},
        GoodFilter{"OnlyTo", R"({"time":{"to":5}})", {.time = {kMinTimestamp, {5}}}},
        GoodFilter{"EmptyInterval", R"({"time":{"from":5,"to":5}})", {.time = {{5}, {5}}}},
        GoodFilter{"ToTheEndOfTime", R"({"time":{"to":"2149-06-06T00:00:00Z"}})", {}},
        GoodFilter{"NoCameras", R"({"cameras":[]})", {.cameras = std::vector<std::string>{}}},
        GoodFilter{"PlateLike", R"({"plate_like":{"text":"京a?-76 26"}})",
                   {.plate_like = PlateLike{"京A?7626", 1}}},
        GoodFilter{"PlateLikeFar", R"({"plate_like":{"max_distance":3,"text":"？A1"}})",
                   {.plate_like = PlateLike{"?A1", 3}}},
        GoodFilter{"PlateLikeAndPlate", R"({"plate":"A*","plate_like":{"text":"A1"}})",
                   {.plate_pattern = "A*", .plate_like = PlateLike{"A1", 1}}},
        GoodFilter{"EscapedStar", R"({"plate":"A\\*1"})", {.plate_pattern = "A\\*1"}},
        GoodFilter{"PolygonWithHoleAndBox",
                   R"({"area":{"type":"Polygon","bbox":[0,0,9,9],"coordinates":
                       [[[0,0],[9,0],[9,9],[0,0]],[[1,1,7],[2,1,7],[2,2,7],[1,1,7]]]}})",
                   {.area = Area{{{{{0, 0}, {9, 0}, {9, 9}, {0, 0}},
                                   {{1, 1}, {2, 1}, {2, 2}, {1, 1}}}}}}},
        GoodFilter{"MultiPolygon",
                   R"({"area":{"type":"MultiPolygon","coordinates":
                       [[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}})",
                   {.area = Area{{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}},
                                  {{{5, 5}, {6, 5}, {6, 6}, {5, 5}}}}}}}),
    [](const auto& test) { return test.param.name; });

struct BadQuestion {
  std::string name;
  std::string json;
  std::string field;
  std::string message_part;
  ErrorCode code = ErrorCode::kInvalidArgument;
};

class BadQuestions : public testing::TestWithParam<BadQuestion> {};

TEST_P(BadQuestions, AreRefusedWithFieldAndReason) {
  const auto body = ParseSearchSightings(GetParam().json);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, GetParam().code);
  EXPECT_EQ(body.error().field, GetParam().field) << body.error().message;
  EXPECT_NE(body.error().message.find(GetParam().message_part), std::string::npos)
      << body.error().message;
}

std::string InFilter(const std::string& members) { return "{\"filter\":{" + members + "}}"; }

std::string Cameras(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) list += (i ? ",\"" : "\"") + std::to_string(i) + "\"";
  return InFilter("\"cameras\":[" + list + "]");
}

// A ring of `corners` positions and the closing one.
std::string RingOf(int corners) {
  std::string ring = "[[0,0]";
  for (int i = 1; i < corners; ++i) ring += ",[1," + std::to_string(i % 90) + "]";
  return ring + ",[0,0]]";
}

INSTANTIATE_TEST_SUITE_P(
    SearchJson, BadQuestions,
    testing::Values(
        BadQuestion{"Empty", "", "", "empty"},
        BadQuestion{"List", "[]", "", "the body must be an object"},
        BadQuestion{"UnknownMember", R"({"filters":{}})", "/filters", "not a known member"},
        BadQuestion{"RepeatedMember", R"({"limit":1,"limit":2})", "/limit", "twice"},
        BadQuestion{"NullFilter", R"({"filter":null})", "/filter", "not null"},
        BadQuestion{"LimitZero", R"({"limit":0})", "/limit", "between 1 and 10000"},
        BadQuestion{"LimitTooLarge", R"({"limit":10001})", "/limit", "between 1 and 10000"},
        BadQuestion{"LimitAsText", R"({"limit":"10"})", "/limit", "whole number"},
        BadQuestion{"RelevanceOfNothing", R"({"order":"relevance"})", "/order", "plate_like"},
        BadQuestion{"RelevanceOfAPattern", R"({"order":"relevance","filter":{"plate":"A*"}})",
                    "/order", "plate_like"},
        BadQuestion{"UnknownOrder", R"({"order":"time"})", "/order", "'time'"},
        BadQuestion{"EmptyPageToken", R"({"page_token":""})", "/page_token", "empty"},
        BadQuestion{"ExplainAsNumber", R"({"explain":1})", "/explain", "true or false"},
        BadQuestion{"AsOfBelowZero", R"({"as_of":-1})", "/as_of", "between 0"},
        BadQuestion{"UnknownFilterMember", InFilter(R"("camera":["K"])"), "/filter/camera",
                    "not a known member"},
        BadQuestion{"NullInFilter", InFilter(R"("plate":null)"), "/filter/plate", "not null"},
        BadQuestion{"PlateLikeAsText", InFilter(R"("plate_like":"A1")"), "/filter/plate_like",
                    "an object"},
        BadQuestion{"PlateLikeWithoutText", InFilter(R"("plate_like":{"max_distance":1})"),
                    "/filter/plate_like/text", "missing"},
        BadQuestion{"PlateLikeEmpty", InFilter(R"("plate_like":{"text":""})"),
                    "/filter/plate_like/text", "empty"},
        BadQuestion{"PlateLikeOfBlanks", InFilter(R"("plate_like":{"text":" - "})"),
                    "/filter/plate_like/text", "no letters"},
        BadQuestion{"PlateLikeWithStar", InFilter(R"("plate_like":{"text":"A*1"})"),
                    "/filter/plate_like/text", "no '*'"},
        BadQuestion{"PlateLikeWithEscape", InFilter(R"("plate_like":{"text":"A\\?1"})"),
                    "/filter/plate_like/text", "'\\'"},
        BadQuestion{"PlateLikeTooLong",
                    InFilter(R"("plate_like":{"text":")" + std::string(65, 'A') + "\"}"),
                    "/filter/plate_like/text", "at most 64"},
        BadQuestion{"PlateLikeTooFar", InFilter(R"("plate_like":{"text":"A1","max_distance":4})"),
                    "/filter/plate_like/max_distance", "between 0 and 3"},
        BadQuestion{"PlateLikeFraction",
                    InFilter(R"("plate_like":{"text":"A1","max_distance":1.5})"),
                    "/filter/plate_like/max_distance", "whole number"},
        BadQuestion{"PlateLikeUnknownMember", InFilter(R"("plate_like":{"text":"A1","near":1})"),
                    "/filter/plate_like/near", "not a known member"},
        BadQuestion{"TimeIsAnInstant", InFilter(R"("time":5)"), "/filter/time", "an object"},
        BadQuestion{"TimeBackwards", InFilter(R"("time":{"from":6,"to":5})"), "/filter/time",
                    "end before it begins"},
        BadQuestion{"TimeUnknownMember", InFilter(R"("time":{"since":5})"), "/filter/time/since",
                    "not a known member"},
        BadQuestion{"TimeWithoutOffset", InFilter(R"("time":{"from":"2016-09-21T00:00:00"})"),
                    "/filter/time/from", "offset"},
        BadQuestion{"FromAtTheEndOfTime", InFilter(R"("time":{"from":5662224000000})"),
                    "/filter/time/from", "2149"},
        BadQuestion{"PlateOfBlanks", InFilter(R"("plate":" - ")"), "/filter/plate", "no letters"},
        BadQuestion{"PlateWithComma", InFilter(R"("plate":"A,B")"), "/filter/plate", "U+002C"},
        BadQuestion{"PlateWithLoneEscape", InFilter(R"("plate":"A\\")"), "/filter/plate", "lone"},
        BadQuestion{"CamerasAsText", InFilter(R"("cameras":"K")"), "/filter/cameras", "an array"},
        BadQuestion{"EmptyCameraId", InFilter(R"("cameras":["K",""])"), "/filter/cameras/1",
                    "element 1 of cameras must not be empty"},
        BadQuestion{"TooManyCameras", Cameras(10'001), "/filter/cameras", "at most 10000"},
        BadQuestion{"AreaOfAPoint", InFilter(R"("area":{"type":"Point","coordinates":[1,2]})"),
                    "/filter/area/type", "'MultiPolygon', not 'Point'"},
        BadQuestion{"AreaWithoutCoordinates", InFilter(R"("area":{"type":"Polygon"})"),
                    "/filter/area/coordinates", "missing"},
        BadQuestion{"AreaWithCrs",
                    InFilter(R"("area":{"type":"Polygon","crs":{},"coordinates":)" +
                             std::string(kSquare) + "}"),
                    "/filter/area/crs", "not a known member"},
        BadQuestion{
            "RingNotClosed",
            InFilter(R"("area":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]})"),
            "/filter/area/coordinates/0", "closed"},
        BadQuestion{"RingOfThree",
                    InFilter(R"("area":{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]})"),
                    "/filter/area/coordinates/0", "four"},
        BadQuestion{"NoRing", InFilter(R"("area":{"type":"Polygon","coordinates":[]})"),
                    "/filter/area/coordinates", "ring"},
        BadQuestion{"NoPolygon", InFilter(R"("area":{"type":"MultiPolygon","coordinates":[]})"),
                    "/filter/area/coordinates", "polygon"},
        BadQuestion{
            "PositionOffTheGlobe",
            InFilter(R"("area":{"type":"Polygon","coordinates":[[[0,0],[181,0],[1,1],[0,0]]]})"),
            "/filter/area/coordinates/0/1/0", "between -180 and 180"},
        BadQuestion{
            "PositionOfOneNumber",
            InFilter(R"("area":{"type":"MultiPolygon","coordinates":[[[[0],[1,0],[1,1],[0,0]]]]})"),
            "/filter/area/coordinates/0/0/0", "[lon, lat]"},
        BadQuestion{"AreaOfTooManyPositions",
                    InFilter(R"("area":{"type":"Polygon","coordinates":[)" + RingOf(5'000) + "," +
                             RingOf(5'000) + "]}"),
                    "/filter/area/coordinates/1/4999", "at most 10000"},
        BadQuestion{"NearWithoutRadius", InFilter(R"("near":{"lon":1,"lat":2})"),
                    "/filter/near/radius_m", "missing"},
        BadQuestion{"NearOfNoRadius", InFilter(R"("near":{"lon":1,"lat":2,"radius_m":0})"),
                    "/filter/near/radius_m", "more than 0"},
        BadQuestion{"NearBeyondTheGlobe", InFilter(R"("near":{"lon":1,"lat":2,"radius_m":3e7})"),
                    "/filter/near/radius_m", "at most 20040000"},
        BadQuestion{"NearOfNegativeRadius", InFilter(R"("near":{"lon":1,"lat":2,"radius_m":-1})"),
                    "/filter/near/radius_m", "more than 0 and at most 20040000, not -1"},
        BadQuestion{"AreaOffTheGlobe",
                    InFilter(R"("area":{"type":"Polygon","coordinates":[[[0,0],[200,0]]]})"),
                    "/filter/area/coordinates/0/1/0",
                    "/filter/area/coordinates/0/1/0 must lie between -180 and 180, not 200"},
        BadQuestion{"AttributeNull", InFilter(R"("attributes":{"color":null})"),
                    "/filter/attributes/color", "a string, a number or a boolean"},
        BadQuestion{"AttributeListWithNull", InFilter(R"("attributes":{"color":["red",null]})"),
                    "/filter/attributes/color/1", "a string, a number or a boolean"},
        BadQuestion{"AttributeEmptyList", InFilter(R"("attributes":{"color":[]})"),
                    "/filter/attributes/color", "1 to 1000"},
        BadQuestion{"AttributeRepeated", InFilter(R"("attributes":{"b":1,"a":1,"b":2})"),
                    "/filter/attributes/b", "twice"}),
    [](const auto& test) { return test.param.name; });

TEST(SearchJson, AFilterOfAnotherBodyNamesItsPlaceThere) {
  const auto filter = ParseFilter(R"({"near":{"lon":200}})", "/target/filter");
  ASSERT_FALSE(filter);
  EXPECT_EQ(filter.error().field, "/target/filter/near/lon");
  const auto broken = ParseFilter("{", "/target/filter");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().field, "/target/filter");
}

std::string Canonical(const std::string& json) {
  const auto filter = ParseFilter(json, "");
  EXPECT_TRUE(filter) << json;
  return filter ? CanonicalFilter(*filter) : "";
}

TEST(CanonicalFilter, IsTheSameForTheSameQuestionHoweverItIsPut) {
  EXPECT_EQ(
      Canonical(R"({"plate":"京a-1","cameras":["b","a","b"],"time":{"from":0}})"),
      Canonical(
          R"({ "time":{"from":"1970-01-01T08:00:00+08:00"},"cameras":["a","b"],"plate":"京A1"})"));
  EXPECT_EQ(Canonical(R"({"attributes":{"b":[true],"a":1}})"),
            Canonical(R"({"attributes":{"a":[1],"b":true}})"));
}

TEST(CanonicalFilter, DiffersWhereTheQuestionDiffers) {
  const std::string filters[] = {
      "{}",
      R"({"time":{"from":1}})",
      R"({"time":{"to":1}})",
      R"({"plate":"A"})",
      R"({"plate":"A*"})",
      R"({"plate_like":{"text":"A"}})",
      R"({"plate_like":{"text":"A","max_distance":2}})",
      R"({"cameras":[]})",
      R"({"cameras":["a","b"]})",
      R"({"cameras":["a,b"]})",
      R"({"near":{"lon":1,"lat":2,"radius_m":3}})",
      R"({"near":{"lon":1,"lat":2,"radius_m":4}})",
      R"({"area":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}})",
      R"({"area":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],)"
      R"([[0,0],[1,0],[1,1],[0,0]]]}})",
      R"({"area":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],)"
      R"([[[0,0],[1,0],[1,1],[0,0]]]]}})",
      R"({"attributes":{"a":1}})",
      R"({"attributes":{"a":"1"}})",
      R"({"attributes":{"a":true}})",
      R"({"attributes":{"a":[1,2]}})"};
  std::set<std::string> seen;
  for (const std::string& filter : filters)
    EXPECT_TRUE(seen.insert(Canonical(filter)).second) << filter;
}

TEST(WriteFilter, WhatIsWrittenReadsBackTheSame) {
  for (const std::string filter :
       {R"({})", R"({"time":{"from":5,"to":6},"plate":"A\\*?*","cameras":["b","a"]})",
        R"({"plate_like":{"text":"京A?1","max_distance":3},"cameras":[]})",
        R"({"area":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},
            "near":{"lon":1.5,"lat":2,"radius_m":3},"attributes":{"a":[1,2.5,"x",true]}})"}) {
    const auto read = ParseFilter(filter, "");
    ASSERT_TRUE(read) << read.error().message;
    std::string written;
    {
      JsonWriter json(written);
      WriteFilter(json, *read);
    }
    const auto again = ParseFilter(written, "");
    ASSERT_TRUE(again) << written;
    EXPECT_EQ(*again, *read) << written;
  }
}

TEST(QueryParameters, TimesAreTextOrMilliseconds) {
  EXPECT_EQ(ParseTimeParameter("1474424556120", "from")->value, 1474424556120);
  EXPECT_EQ(ParseTimeParameter("2016-09-21T10:22:36.120+08:00", "from")->value, 1474424556120);
  EXPECT_EQ(ParseTimeParameter("0", "from")->value, 0);
  for (const std::string_view text : {"", "now", "-1", "1.5", " 5", "5662224000001",
                                      "99999999999999999999", "2016-09-21"}) {
    const auto time = ParseTimeParameter(text, "from");
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().field, "from");
    EXPECT_EQ(time.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(QueryParameters, ATimeWhosePlusBecameABlankSaysSo) {
  for (const std::string_view text : {"2016-09-21T00:00:00 08:00", "2016-09-21 00:00:00.5 08:00"}) {
    const auto time = ParseTimeParameter(text, "to");
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().field, "to");
    EXPECT_NE(time.error().message.find("%2B"), std::string::npos) << time.error().message;
  }
  EXPECT_EQ(ParseTimeParameter("2016-09-21 00:00", "to").error().message.find("%2B"),
            std::string::npos);
}

TEST(QueryParameters, NumbersAreWholeAndInRange) {
  EXPECT_EQ(*ParseUintParameter("1", "limit", 1, 10), 1u);
  EXPECT_EQ(*ParseUintParameter("10", "limit", 1, 10), 10u);
  for (const std::string_view text : {"", "0", "11", "-1", "+1", "1.0", "1 ", "0x1",
                                      "18446744073709551616"}) {
    const auto number = ParseUintParameter(text, "limit", 1, 10);
    ASSERT_FALSE(number) << text;
    EXPECT_EQ(number.error().field, "limit");
  }
  EXPECT_EQ(ParseUintParameter(" 5", "limit", 1, 10).error().message,
            "limit must be a whole number from 1 to 10, written in digits alone, not ' 5'");
  EXPECT_EQ(ParseUintParameter("11", "limit", 1, 10).error().message,
            "limit must lie between 1 and 10, not '11'");
}

}  // namespace
}  // namespace sightline::api
