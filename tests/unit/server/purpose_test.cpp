#include "server/purpose.h"

#include <gtest/gtest.h>

#include <string>

namespace sightline::server {
namespace {

struct Case {
  std::string name;
  std::string purpose;
  std::string case_reference;
  std::string standing;
  std::string field;  // of the refusal; empty: accepted
  std::string decoded;
};

class PurposeTest : public ::testing::TestWithParam<Case> {};

TEST_P(PurposeTest, IsAcceptedOrNamed) {
  const Case& c = GetParam();
  const auto purpose = ReadPurpose(c.purpose, c.case_reference, c.standing);
  ASSERT_EQ(purpose.has_value(), c.field.empty());
  if (purpose) {
    EXPECT_EQ(purpose->purpose, c.decoded);
  } else {
    EXPECT_EQ(purpose.error().code, ErrorCode::kUnacceptable);
    EXPECT_EQ(purpose.error().field, c.field);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, PurposeTest,
    ::testing::Values(
        Case{.name = "Missing", .field = "X-Purpose"},
        Case{.name = "Plain", .purpose = "stolen car", .decoded = "stolen car"},
        Case{.name = "Encoded", .purpose = "%E7%9B%97%E7%AA%83%E6%A1%88", .decoded = "盗窃案"},
        Case{.name = "TwoCharactersOfThreeBytes",
             .purpose = "%E7%9B%97%E7%AA%83",
             .field = "X-Purpose"},
        Case{.name = "TwoCharactersAndBlanks", .purpose = "%20ab%20", .field = "X-Purpose"},
        Case{.name = "Trimmed", .purpose = "%20abc%20", .decoded = "abc"},
        Case{.name = "PlusStaysPlus", .purpose = "a+b", .decoded = "a+b"},
        Case{.name = "BadEscape", .purpose = "abc%2", .field = "X-Purpose"},
        Case{.name = "NotUtf8", .purpose = "abc%FF", .field = "X-Purpose"},
        Case{.name = "ControlCharacter", .purpose = "abc%0Adef", .field = "X-Purpose"},
        Case{.name = "LongestAllowed",
             .purpose = std::string(1000, 'p'),
             .decoded = std::string(1000, 'p')},
        Case{.name = "TooLong", .purpose = std::string(1001, 'p'), .field = "X-Purpose"},
        Case{.name = "StandingPurpose", .standing = "toll service", .decoded = "toll service"},
        Case{.name = "OwnPurposeWins", .purpose = "theft", .standing = "toll", .decoded = "theft"},
        Case{.name = "BadOwnPurposeIsNotExcused",
             .purpose = "x",
             .standing = "toll",
             .field = "X-Purpose"},
        Case{.name = "BadCase", .purpose = "theft", .case_reference = "%FF", .field = "X-Case"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace sightline::server
