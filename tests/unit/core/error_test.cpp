#include "core/error.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sightline {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return InvalidArgument("odd", "/number");
  return number / 2;
}

Result<int> Quarter(int number) {
  SIGHTLINE_ASSIGN(const int half, Half(number));
  return Half(half);
}

Status CheckQuarter(int number) {
  SIGHTLINE_RETURN_IF_ERROR(Quarter(number));
  return Ok();
}

TEST(Error, IsPassedOnByTheMacros) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).error(), InvalidArgument("odd", "/number"));
  EXPECT_TRUE(CheckQuarter(4));
  EXPECT_EQ(CheckQuarter(7).error().field, "/number");
}

TEST(Error, TakingTheValueOfAFailureSaysWhatFailed) {
  try {
    (void)Half(1).value();
    FAIL() << "value() of a failed result returned";
  } catch (const std::exception& thrown) {
    EXPECT_NE(std::string(thrown.what()).find("odd"), std::string::npos) << thrown.what();
  }
}

TEST(Error, EveryCodeHasItsOwnName) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const std::string_view name = ErrorCodeName(static_cast<ErrorCode>(code));
    EXPECT_NE(name, "unknown") << code;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

}  // namespace
}  // namespace sightline
