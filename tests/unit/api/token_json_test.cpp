#include "api/token_json.h"

#include <gtest/gtest.h>

namespace sightline::api {
namespace {

TEST(TokenJson, ReadsAWholeRequest) {
  const auto request = ParseTokenRequest(
      R"({"name":"gateway 7","roles":["writer","reader"],"expires":"2027-01-01T00:00:00Z",
          "standing_purpose":"抓逃犯"})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->name, "gateway 7");
  EXPECT_EQ(request->roles, (std::vector<std::string>{"reader", "writer"}));
  EXPECT_EQ(request->expires, *ParseRfc3339("2027-01-01T00:00:00Z"));
  EXPECT_EQ(request->standing_purpose, "抓逃犯");
}

TEST(TokenJson, ExpiryAndPurposeMayBeLeftOut) {
  for (const std::string json :
       {R"({"name":"a","roles":["owner"]})",
        R"({"name":"a","roles":["owner"],"expires":null,"standing_purpose":null})"}) {
    const auto request = ParseTokenRequest(json);
    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->expires, std::nullopt);
    EXPECT_EQ(request->standing_purpose, "");
  }
}

struct BadRequest {
  std::string json;
  std::string field;
};

TEST(TokenJson, RefusesWhatIsWrongWithItsField) {
  const BadRequest cases[] = {
      {.json = "[]", .field = ""},
      {.json = R"({"roles":["owner"]})", .field = "/name"},
      {.json = R"({"name":"","roles":["owner"]})", .field = "/name"},
      {.json = R"({"name":"a"})", .field = "/roles"},
      {.json = R"({"name":"a","roles":[]})", .field = "/roles"},
      {.json = R"({"name":"a","roles":"owner"})", .field = "/roles"},
      {.json = R"({"name":"a","roles":["reader","root"]})", .field = "/roles/1"},
      {.json = R"({"name":"a","roles":["reader","reader"]})", .field = "/roles/1"},
      {.json = R"({"name":"a","roles":["reader"],"expires":"tomorrow"})", .field = "/expires"},
      {.json = R"({"name":"a","roles":["reader"],"standing_purpose":"ab"})",
       .field = "/standing_purpose"},
      {.json = R"({"name":"a","roles":["reader"],"standing_purpose":"京A"})",
       .field = "/standing_purpose"},
      {.json = R"({"name":"a","roles":["reader"],"token":"x"})", .field = "/token"},
  };
  for (const BadRequest& example : cases) {
    const auto request = ParseTokenRequest(example.json);
    ASSERT_FALSE(request) << example.json;
    EXPECT_EQ(request.error().field, example.field) << example.json;
  }
}

}  // namespace
}  // namespace sightline::api
