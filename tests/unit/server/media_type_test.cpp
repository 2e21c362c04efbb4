#include "server/media_type.h"

#include <gtest/gtest.h>

#include <string>

namespace sightline::server {
namespace {

TEST(MediaType, LosesItsParametersAndCase) {
  EXPECT_EQ(MediaTypeOf("Application/JSON; charset=utf-8"), "application/json");
  EXPECT_EQ(MediaTypeOf(""), "");
}

TEST(MediaType, IsUtf8UnlessItsCharsetSaysOtherwise) {
  for (const char* type : {"", "application/json", "application/json; charset=utf-8",
                           "application/json;profile=x; Charset=\"UTF-8\""}) {
    EXPECT_TRUE(IsUtf8(type)) << type;
  }
  for (const char* type : {"application/json; charset=latin1", "text/plain;charset=\"GBK\"",
                           "application/json; x=y; charset="}) {
    EXPECT_FALSE(IsUtf8(type)) << type;
  }
}

struct Case {
  std::string name;
  std::string accept;
  int chosen;  // 0 application/json, 1 application/x-ndjson, -1 none
};

class AcceptTest : public ::testing::TestWithParam<Case> {};

TEST_P(AcceptTest, ChoosesByWeightThenByOurPreference) {
  constexpr std::string_view kOffered[] = {kJsonType, kNdjsonType};
  const auto chosen = NegotiateMediaType(GetParam().accept, kOffered);
  EXPECT_EQ(chosen ? static_cast<int>(*chosen) : -1, GetParam().chosen) << GetParam().accept;
}

INSTANTIATE_TEST_SUITE_P(
    All, AcceptTest,
    ::testing::Values(
        Case{"Missing", "", 0}, Case{"Anything", "*/*", 0},
        Case{"AnyApplication", "application/*", 0}, Case{"Exact", "application/x-ndjson", 1},
        Case{"CaseDoesNotMatter", "APPLICATION/X-NDJSON", 1},
        Case{"Weights", "application/json;q=0.5, application/x-ndjson", 1},
        Case{"WeightsTheOtherWay", "application/x-ndjson;q=0.1,application/json; q=0.2", 0},
        Case{"SpecificWinsOverWildcard", "*/*, application/json;q=0", 1},
        Case{"OtherParameters", "application/x-ndjson;v=1;q=0.9, application/json;q=0.3", 1},
        Case{"None", "text/html", -1}, Case{"AllRefused", "*/*;q=0", -1},
        Case{"BadWeightCountsAsZero", "application/json;q=high", -1},
        Case{"EmptyItems", ", ,application/json", 0}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace sightline::server
