// The text form of the plate reading model.
#include <gtest/gtest.h>

#include "query/plate_reading_data.h"

namespace sightline::query {
namespace {

TEST(PlateReadingData, TheShippedFileKnowsLookAlikes) {
  const PlateReadingPrior& prior = DefaultPlateReadingData().prior;
  for (const auto& [a, b] : std::initializer_list<std::pair<char32_t, char32_t>>{
           {U'0', U'O'}, {U'8', U'B'}, {U'2', U'Z'}, {U'5', U'S'}, {U'京', U'津'}, {U'1', U'I'}}) {
    EXPECT_TRUE(prior.alike.contains({a, b}));
    EXPECT_TRUE(prior.alike.contains({b, a}));
  }
  for (const char32_t province : U"京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新") {
    if (province == 0) continue;
    const auto first = prior.alike.lower_bound({province, 0});
    EXPECT_TRUE(first != prior.alike.end() && first->first.first == province);
  }
}

TEST(PlateReadingData, WhatIsWrittenReadsBackTheSame) {
  PlateReadingData data = DefaultPlateReadingData();
  data.prior.alike[{U'A', U'5'}] = 0.125;
  data.prior.proneness[U'京'] = 1.7;
  PlateReadingCounts& counts = data.counts;
  counts.readings = 1234.5;
  counts.misreads = 0.1 + 0.2;
  counts.changes = {3, 2, 1};
  counts.kinds = {4, 5, 6};
  counts.confusions[{U'京', U'津'}] = 2.5;
  counts.characters[U'0'] = {100, 3};
  counts.cameras["a camera, with \"signs\""] = {50, 2, {{{U'0', U'D'}, 1.5}}};
  counts.alike_strings = 10;
  counts.other_plates = 1;
  counts.confidence_misread[9] = 7;
  counts.learned_as_of = 18'446'744'073'709'551'615u;
  const std::string text = FormatPlateReadingData(data);
  const auto parsed = ParsePlateReadingData(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(*parsed, data);
  EXPECT_EQ(FormatPlateReadingData(*parsed), text);
}

struct BadText {
  std::string text;
  std::string message;
};

class PlateReadingDataErrors : public ::testing::TestWithParam<BadText> {};

TEST_P(PlateReadingDataErrors, NameLineAndColumn) {
  const auto parsed = ParsePlateReadingData(GetParam().text);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(parsed.error().message.find(GetParam().message), std::string::npos)
      << parsed.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    All, PlateReadingDataErrors,
    ::testing::Values(
        BadText{"", "line 1, column 1: \"format\" is missing"},
        BadText{"misread_rate\t0.1\t5\n", "line 1, column 1: the first statement"},
        BadText{"format\t2\n", "line 1, column 8: 2 is not in [1, 1]"},
        BadText{"# c\nformat\t1\n\nalike\t京\t津\tmuch\n", "line 4, column 11: \"much\" is not a number"},
        BadText{"format\t1\nalike\tAB\tC\t1\n", "line 2, column 7: \"AB\" is not one character"},
        BadText{"format\t1\nalike\tA\tA\t1\n", "line 2, column 9: a character is not confused with"},
        BadText{"format\t1\nalike\tA\tB\t1\nalike\tB\tA\t1\n", "line 3, column 11: these two"},
        BadText{"format\t1\nalike\tA\tB\n", "line 2, column 10: a number is missing"},
        BadText{"format\t1\nmisread_rate\t0.7\t5\n", "line 2, column 14: 0.7 is not in"},
        BadText{"format\t1\nmisread_rate\t0.1\t5\t6\n", "line 2, column 20: nothing more"},
        BadText{"format\t1\nchanges\t0.5\t0.4\t0.3\t9\n", "line 2, column 9: shares sum to"},
        BadText{"format\t1\nreadings\t1\nreadings\t1\n", "line 3, column 1: \"readings\" is stated twice"},
        BadText{"format\t1\nreading\t1\n", "line 2, column 1: there is no statement"},
        BadText{"format\t1\nlearned_as_of\t-1\n", "line 2, column 15: \"-1\" is not a whole"}));

}  // namespace
}  // namespace sightline::query
