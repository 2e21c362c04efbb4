// The bodies that change cases.
#include "api/case_json.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace sightline::api {
namespace {

const std::string kId = SightingId{{1474424556120}, 7, 9}.ToString();

TEST(CaseJson, ANewCaseIsRead) {
  const auto change = ParseNewCase(R"({"name":"学院路","reference":"17","description":"a\nb"})");
  ASSERT_TRUE(change) << change.error().message;
  EXPECT_EQ(change->name, "学院路");
  EXPECT_EQ(change->reference, "17");
  EXPECT_EQ(change->description, "a\nb");
  EXPECT_EQ(change->status, std::nullopt);
}

TEST(CaseJson, AChangeNamesWhatChanges) {
  const auto closed = ParseCaseChange(R"({"status":"closed","reference":null})");
  ASSERT_TRUE(closed) << closed.error().message;
  EXPECT_EQ(closed->status, CaseStatus::kClosed);
  EXPECT_EQ(closed->reference, "");
  EXPECT_EQ(closed->name, std::nullopt);
  EXPECT_EQ(closed->description, std::nullopt);
}

TEST(CaseJson, AQueryKeepsItsBodyWithoutBlanks) {
  const auto query =
      ParseSavedQuery(R"({"name":"q","target":"/v1/x?a=1","body":{ "filter" : { } }})");
  ASSERT_TRUE(query) << query.error().message;
  EXPECT_EQ(query->target, "/v1/x?a=1");
  EXPECT_EQ(query->body, R"({"filter":{}})");
  EXPECT_EQ(ParseSavedQuery(R"({"name":"q","target":"/"})")->body, "");
}

TEST(CaseJson, SightingsAreTickedWithTheirNotes) {
  const auto ticked = ParseTickedSightings(R"({"sightings":[{"id":")" + kId + R"(","note":"x"}]})");
  ASSERT_TRUE(ticked) << ticked.error().message;
  ASSERT_EQ(ticked->size(), 1u);
  EXPECT_EQ(ticked->front().id.ToString(), kId);
  EXPECT_EQ(ticked->front().note, "x");
}

struct BadBody {
  std::string json;
  std::string field;
  std::string says;
};

template <typename Parse>
void ExpectRefusals(Parse parse, std::initializer_list<BadBody> bodies) {
  for (const BadBody& body : bodies) {
    SCOPED_TRACE(body.json.substr(0, 100));
    const auto parsed = parse(body.json);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(parsed.error().field, body.field) << parsed.error().message;
    EXPECT_NE(parsed.error().message.find(body.says), std::string::npos)
        << parsed.error().message;
  }
}

TEST(CaseJson, BadBodiesAreRefusedWithTheirPlace) {
  ExpectRefusals(ParseNewCase, {{"", "", "empty"},
                                {"[]", "", "an object"},
                                {"{}", "/name", "missing"},
                                {R"({"name":""})", "/name", "empty"},
                                {R"({"name":"a\nb"})", "/name", "control"},
                                {R"({"name":"a","status":"open"})", "/status", "not a known"},
                                {R"({"name":"a","description":"\u0007"})", "/description",
                                 "control"},
                                {R"({"name":")" + std::string(257, 'x') + "\"}", "/name", "256"}});
  ExpectRefusals(ParseCaseChange, {{"{}", "", "nothing"},
                                   {R"({"status":"shut"})", "/status", "'open' or 'closed'"},
                                   {R"({"name":null})", "/name", "null"},
                                   {R"({"titel":"x"})", "/titel", "not a known"}});
  ExpectRefusals(ParseSavedQuery,
                 {{R"({"name":"q"})", "/target", "missing"},
                  {R"({"target":"/v1/plates"})", "/name", "missing"},
                  {R"({"name":"q","target":"/","body":"x"})", "/body", "an object"}});
  std::string many = R"({"sightings":[)";
  for (size_t i = 0; i <= kMaxTickedSightings; ++i) many += "{},";
  many.back() = ']';
  ExpectRefusals(
      ParseTickedSightings,
      {{R"({})", "/sightings", "missing"},
       {R"({"sightings":[]})", "/sightings", "1 to 1000"},
       {many + "}", "/sightings", "1 to 1000"},
       {R"({"sightings":[{"note":"x"}]})", "/sightings/0/id", "missing"},
       {R"({"sightings":[{"id":"x"}]})", "/sightings/0/id", "not the id"},
       {R"({"sightings":[{"id":")" + kId + R"("},{"id":")" + kId + R"("}]})", "/sightings/1",
        "twice"}});
  ExpectRefusals(ParseNote, {{R"({"text":""})", "/text", "empty"},
                             {R"({"text":5})", "/text", "a string"},
                             {R"({"text":")" + std::string(16'385, 'x') + "\"}", "/text",
                              "16384"}});
}

}  // namespace
}  // namespace sightline::api
