#include "api/page_token.h"

#include <gtest/gtest.h>

namespace sightline::api {
namespace {

const std::string kQuestion = "search {\"from\":0}";

TEST(PageToken, CarriesItsPlaceThroughText) {
  for (const std::string& position :
       {std::string(), std::string("a\0\xFF", 3), std::string(500, 'x')}) {
    const std::string text = EncodePageToken({.as_of = 0xFEDCBA9876543210, .position = position},
                                             kQuestion);
    EXPECT_EQ(
        text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos)
        << text;
    const auto token = DecodePageToken(text, kQuestion);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->as_of, 0xFEDCBA9876543210u);
    EXPECT_EQ(token->position, position);
  }
}

TEST(PageToken, IsGoodForItsOwnQuestionOnly) {
  const std::string text = EncodePageToken({.as_of = 7, .position = "p"}, kQuestion);
  const auto token = DecodePageToken(text, kQuestion + " ");
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(token.error().field, "/page_token");
}

TEST(PageToken, DamageIsSeen) {
  const std::string text = EncodePageToken({.as_of = 7, .position = "position"}, kQuestion);
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(DecodePageToken(changed, kQuestion)) << "changed at " << i;
    EXPECT_FALSE(DecodePageToken(text.substr(0, i), kQuestion)) << "cut at " << i;
  }
  for (const std::string& other : {text + "A", text + "=", " " + text, std::string(5'000, 'A')}) {
    EXPECT_FALSE(DecodePageToken(other, kQuestion)) << other;
  }
}

}  // namespace
}  // namespace sightline::api
