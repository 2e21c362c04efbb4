#include "api/image_json.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/base64.h"

namespace sightline::api {
namespace {

const SightingId kSighting{.time = {1'474'416'000'000}, .camera_hash = 7, .identity_hash = 9};

std::string Like(std::string_view rest = "") {
  return R"({"like":{"sighting_id":")" + kSighting.ToString() + R"("})" + std::string(rest) + "}";
}

std::string QuestionText(const SearchImageBody& body) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  WriteImageQuestionMembers(json, body);
  json.EndObject();
  return text;
}

TEST(SearchImageBody, TakesOneExampleAndDefaults) {
  const auto body = ParseSearchImage(Like());
  ASSERT_TRUE(body) << body.error().message;
  ASSERT_EQ(body->like.size(), 1u);
  EXPECT_EQ(body->like[0].sighting, kSighting);
  EXPECT_FALSE(body->like_is_list);
  EXPECT_TRUE(body->unlike.empty());
  EXPECT_EQ(body->space, "vehicle");
  EXPECT_EQ(body->filter, Filter{});
  EXPECT_EQ(body->k, 20u);
  EXPECT_FALSE(body->k_given);
  EXPECT_FALSE(body->max_distance);
  EXPECT_FALSE(body->group_by_plate || body->exact || body->explain);
  EXPECT_FALSE(body->travel || body->as_of);
}

TEST(SearchImageBody, TakesEveryMember) {
  const auto body = ParseSearchImage(
      R"({"like":[{"vector":"AAEC"},{"sighting_id":")" + kSighting.ToString() +
      R"("}],"unlike":{"vector":"//8="},"space":"face","filter":{"plate":"A*"},"k":1000,)"
      R"("max_distance":-0.5,"group_by":"plate","exact":true,"travel":{"max_speed_kmh":90.5},)"
      R"("explain":true,"as_of":17})");
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(body->like[0].vector, std::string("\x00\x01\x02", 3));
  EXPECT_FALSE(body->like[0].sighting);
  EXPECT_EQ(body->like[1].sighting, kSighting);
  EXPECT_EQ(body->unlike[0].vector, "\xFF\xFF");
  EXPECT_EQ(body->space, "face");
  EXPECT_EQ(body->filter.plate_pattern, "A*");
  EXPECT_EQ(body->k, 1000u);
  EXPECT_EQ(body->max_distance, -0.5);
  EXPECT_TRUE(body->group_by_plate && body->exact && body->explain);
  EXPECT_EQ(body->travel->max_speed, Kmh{90.5});
  EXPECT_EQ(body->as_of, Sequence{17});
}

TEST(SearchImageBody, TravelIsAFlagOrABound) {
  EXPECT_TRUE(ParseSearchImage(Like(R"(,"travel":true)"))->travel);
  EXPECT_FALSE(ParseSearchImage(Like(R"(,"travel":true)"))->travel->max_speed);
  EXPECT_FALSE(ParseSearchImage(Like(R"(,"travel":false)"))->travel);
  EXPECT_TRUE(ParseSearchImage(Like(R"(,"travel":{})"))->travel);
}

struct BadQuestion {
  std::string name;
  std::string json;
  std::string field;
  std::string says;
};

std::ostream& operator<<(std::ostream& out, const BadQuestion& bad) { return out << bad.name; }

class BadImageQuestions : public testing::TestWithParam<BadQuestion> {};

TEST_P(BadImageQuestions, SayWhereAndWhat) {
  const auto body = ParseSearchImage(GetParam().json);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(body.error().field, GetParam().field);
  EXPECT_NE(body.error().message.find(GetParam().says), std::string::npos)
      << body.error().message;
}

std::string Examples(size_t count) {
  std::string list = "[";
  for (size_t i = 0; i < count; ++i) list += std::string(i > 0 ? "," : "") + R"({"vector":"AAEC"})";
  return list + "]";
}

INSTANTIATE_TEST_SUITE_P(
    SearchImageBody, BadImageQuestions,
    testing::Values(
        BadQuestion{"NoLike", "{}", "/like", "missing"},
        BadQuestion{"NullLike", R"({"like":null})", "/like", "example"},
        BadQuestion{"EmptyLike", R"({"like":[]})", "/like", "empty"},
        BadQuestion{"TextAsLike", R"({"like":"a"})", "/like", "example"},
        BadQuestion{"EmptyExample", R"({"like":{}})", "/like", "either"},
        BadQuestion{"TwoInOne", R"({"like":[{"vector":"AAEC","sighting_id":")" +
                                    kSighting.ToString() + R"("}]})",
                    "/like/0", "either"},
        BadQuestion{"UnknownInExample", R"({"like":[{"vektor":"AAEC"}]})", "/like/0/vektor",
                    "vektor"},
        BadQuestion{"NoId", R"({"like":[{"vector":"AAEC"},{"sighting_id":"abc"}]})",
                    "/like/1/sighting_id", "not the id"},
        BadQuestion{"NoBase64", R"({"like":[{"vector":"AAEC"},{"vector":"A?=="}]})",
                    "/like/1/vector", "base64"},
        BadQuestion{"VectorAsList", R"({"like":{"vector":[1,2]}})", "/like/vector", "base64"},
        BadQuestion{"TooManyLike", R"({"like":)" + Examples(33) + "}", "/like", "32"},
        BadQuestion{"TooManyInAll", R"({"like":)" + Examples(20) + R"(,"unlike":)" + Examples(13) +
                                        "}",
                    "/unlike", "32"},
        BadQuestion{"KZero", Like(R"(,"k":0)"), "/k", "1000"},
        BadQuestion{"KTooLarge", Like(R"(,"k":1001)"), "/k", "1000"},
        BadQuestion{"KAsText", Like(R"(,"k":"20")"), "/k", ""},
        BadQuestion{"OtherGroup", Like(R"(,"group_by":"camera_id")"), "/group_by", "'plate'"},
        BadQuestion{"ExactAsText", Like(R"(,"exact":"yes")"), "/exact", ""},
        BadQuestion{"DistanceAsText", Like(R"(,"max_distance":"1")"), "/max_distance", ""},
        BadQuestion{"Speed", Like(R"(,"travel":{"max_speed_kmh":0})"), "/travel/max_speed_kmh", ""},
        BadQuestion{"TravelAsNumber", Like(R"(,"travel":180)"), "/travel", "max_speed_kmh"},
        BadQuestion{"TravelOfAVector", R"({"like":{"vector":"AAEC"},"travel":true})", "/travel",
                    "sighting"},
        BadQuestion{"UnknownMember", Like(R"(,"limit":5)"), "/limit", ""},
        BadQuestion{"UnknownFilter", Like(R"(,"filter":{"colour":"red"})"), "/filter/colour", ""},
        BadQuestion{"RepeatedMember", Like(R"(,"k":1,"k":2)"), "/k", ""}),
    [](const auto& test) { return test.param.name; });

TEST(SearchImageBody, EqualQuestionsHaveEqualTexts) {
  const std::string vector = EncodeBase64(std::string(128, 'v'));
  const auto one = ParseSearchImage(R"({"like":{"vector":")" + vector + R"("},"k":5})");
  const auto same = ParseSearchImage(R"({"k":50,"exact":false,"like":[{"vector":")" + vector +
                                     R"("}],"unlike":[],"space":"vehicle","filter":{}})");
  const auto other = ParseSearchImage(
      R"({"like":{"vector":")" + EncodeBase64(std::string(128, 'w')) + R"("}})");
  ASSERT_TRUE(one && same && other);
  EXPECT_EQ(QuestionText(*one), QuestionText(*same));
  EXPECT_NE(QuestionText(*one), QuestionText(*other));
}

TEST(SearchImageBody, ATextHasAVectorsDigestAndNotTheVector) {
  const auto body = ParseSearchImage(R"({"like":{"vector":"YWJj"},"max_distance":3})");
  ASSERT_TRUE(body);
  EXPECT_EQ(QuestionText(*body),
            R"({"like":[{"vector_sha256":)"
            R"("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}],)"
            R"("space":"vehicle","filter":{},"max_distance":3.0})");
}

TEST(SearchImageBody, PointersStandAsTheyWereSent) {
  const auto single = ParseSearchImage(Like());
  EXPECT_EQ(PointerAsSent(*single, "/like/0/vector"), "/like/vector");
  EXPECT_EQ(PointerAsSent(*single, "/like/0"), "/like");
  EXPECT_EQ(PointerAsSent(*single, "/space"), "/space");
  const auto list = ParseSearchImage(R"({"like":[{"vector":"AAEC"}],"unlike":{"vector":"AAEC"}})");
  EXPECT_EQ(PointerAsSent(*list, "/like/0/vector"), "/like/0/vector");
  EXPECT_EQ(PointerAsSent(*list, "/unlike/0/vector"), "/unlike/vector");
}

TEST(SearchImageBatch, AnErrorOfOneQuestionIsItsOwn) {
  const auto batch = ParseSearchImageBatch(
      R"({"queries":[{"like":{"vector":"AAEC"},"k":3},{"like":{"vector":"?"}},7,)"
      R"({"like":{"vector":"AAEC"},"as_of":1},{"like":{"vector":"AAEC"},"page_token":"x"}],)"
      R"("as_of":5})");
  ASSERT_TRUE(batch) << batch.error().message;
  EXPECT_EQ(batch->as_of, Sequence{5});
  ASSERT_EQ(batch->queries.size(), 5u);
  ASSERT_TRUE(batch->queries[0]);
  EXPECT_EQ(batch->queries[0]->k, 3u);
  EXPECT_EQ(batch->queries[1].error().field, "/like/vector");
  EXPECT_EQ(batch->queries[2].error().field, "");
  EXPECT_EQ(batch->queries[3].error().field, "/as_of");
  EXPECT_EQ(batch->queries[4].error().field, "/page_token");
}

TEST(SearchImageBatch, HoldsOneTo64Questions) {
  const auto batch_of = [](size_t count) {
    std::string json = R"({"queries":[)";
    for (size_t i = 0; i < count; ++i) json += std::string(i > 0 ? "," : "") + "{}";
    return ParseSearchImageBatch(json + "]}");
  };
  EXPECT_EQ(batch_of(0).error().field, "/queries");
  EXPECT_TRUE(batch_of(64));
  EXPECT_EQ(batch_of(65).error().field, "/queries");
  EXPECT_EQ(ParseSearchImageBatch("{}").error().field, "/queries");
  EXPECT_EQ(ParseSearchImageBatch(R"({"queries":[{}],"k":3})").error().field, "/k");
}

}  // namespace
}  // namespace sightline::api
