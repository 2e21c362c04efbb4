// RFC 3339 in and out, and the days that instants fall on.
#include "core/time.h"

#include <gtest/gtest.h>

#include <random>

namespace sightline {
namespace {

struct GoodTime {
  std::string text;
  std::string wanted;
};

class GoodTimes : public testing::TestWithParam<GoodTime> {};

TEST_P(GoodTimes, AreRead) {
  const auto time = ParseRfc3339(GetParam().text);
  ASSERT_TRUE(time) << time.error().message;
  EXPECT_EQ(FormatTimestamp(*time), GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc3339, GoodTimes,
    testing::Values(
        GoodTime{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
        GoodTime{"2016-09-21T10:22:36.120+08:00", "2016-09-21T02:22:36.120Z"},
        GoodTime{"2016-09-21t10:22:36z", "2016-09-21T10:22:36.000Z"},
        GoodTime{"2016-09-21 10:22:36Z", "2016-09-21T10:22:36.000Z"},
        GoodTime{"2016-09-21T10:22:36-00:00", "2016-09-21T10:22:36.000Z"},
        GoodTime{"2016-12-31T23:30:00-05:45", "2017-01-01T05:15:00.000Z"},
        GoodTime{"2017-01-01T00:10:00+14:00", "2016-12-31T10:10:00.000Z"},
        GoodTime{"2016-09-21T10:22:36.1Z", "2016-09-21T10:22:36.100Z"},
        GoodTime{"2016-09-21T10:22:36.1239999999999999999999Z", "2016-09-21T10:22:36.123Z"},
        GoodTime{"2016-09-21T10:22:36.0009Z", "2016-09-21T10:22:36.000Z"},
        GoodTime{"2016-02-29T23:59:59.999Z", "2016-02-29T23:59:59.999Z"},
        GoodTime{"2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"},
        GoodTime{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
        GoodTime{"2016-12-31T23:59:60.750Z", "2017-01-01T00:00:00.000Z"},
        GoodTime{"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
        GoodTime{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
        GoodTime{"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"}));

struct BadTime {
  std::string text;
  std::string message_part;
};

class BadTimes : public testing::TestWithParam<BadTime> {};

TEST_P(BadTimes, AreRefusedWithTheReason) {
  const auto time = ParseRfc3339(GetParam().text);
  ASSERT_FALSE(time) << FormatTimestamp(*time);
  EXPECT_EQ(time.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(time.error().message.find(GetParam().message_part), std::string::npos)
      << time.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Rfc3339, BadTimes,
    testing::Values(
        BadTime{"", "date"}, BadTime{"2016", "date"}, BadTime{"20160921T102236Z", "date"},
        BadTime{"2016/09/21T10:22:36Z", "date"}, BadTime{"-016-09-21T10:22:36Z", "date"},
        BadTime{"2016-13-21T10:22:36Z", "calendar"}, BadTime{"2016-00-21T10:22:36Z", "calendar"},
        BadTime{"2016-09-31T10:22:36Z", "calendar"}, BadTime{"2015-02-29T10:22:36Z", "calendar"},
        BadTime{"1900-02-29T10:22:36Z", "calendar"},
        BadTime{"2016-09-21", "time of day is missing"}, BadTime{"2016-09-21T", "hh:mm:ss"},
        BadTime{"2016-09-21T10:22Z", "hh:mm:ss"}, BadTime{"2016-09-21T10-22-36Z", "hh:mm:ss"},
        BadTime{"2016-09-21T24:00:00Z", "no such time of day"},
        BadTime{"2016-09-21T10:60:00Z", "no such time of day"},
        BadTime{"2016-09-21T10:22:61Z", "no such time of day"},
        BadTime{"2016-09-21T10:22:36.Z", "fraction"}, BadTime{"2016-09-21T10:22:36,1Z", "offset"},
        BadTime{"2016-09-21T10:22:36", "offset"}, BadTime{"2016-09-21T10:22:36.120", "offset"},
        BadTime{"2016-09-21T10:22:36+0800", "offset"}, BadTime{"2016-09-21T10:22:36+08", "offset"},
        BadTime{"2016-09-21T10:22:36+24:00", "offset"},
        BadTime{"2016-09-21T10:22:36+08:60", "offset"},
        BadTime{"2016-09-21T10:22:36Z ", "unexpected"},
        BadTime{"2016-09-21T10:22:36+08:00Z", "unexpected"}));

TEST(Rfc3339, EveryInstantIsWrittenAndReadBack) {
  const uint64_t seed = 1970;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 100'000; ++round) {
    const TimestampMs time{
        static_cast<int64_t>(random() % static_cast<uint64_t>(kMaxTimestamp.value))};
    const auto read = ParseRfc3339(FormatTimestamp(time));
    ASSERT_TRUE(read) << FormatTimestamp(time);
    ASSERT_EQ(*read, time) << FormatTimestamp(time);
  }
}

TEST(Day, HoldsItsInstantsAndHasAName) {
  const TimestampMs noon = *ParseRfc3339("2016-09-21T12:00:00Z");
  const Day day = DayOf(noon);
  EXPECT_EQ(FormatDay(day), "2016-09-21");
  EXPECT_EQ(MillisecondOfDay(noon), 12u * 3600 * 1000);
  EXPECT_EQ(DayOf(day.start()), day);
  EXPECT_EQ(DayOf(day.end() - 1), day);
  EXPECT_EQ(DayOf(day.end()), Day{static_cast<uint16_t>(day.number + 1)});
  EXPECT_EQ(FormatDay(DayOf(kMinTimestamp)), "1970-01-01");
  EXPECT_EQ(FormatDay(DayOf(kMaxTimestamp - 1)), "2149-06-05");
}

TEST(Day, NamesAreReadBackAndNothingElseIs) {
  for (const uint16_t number : {0, 1, 17'065, 65'534}) {
    const auto day = ParseDay(FormatDay(Day{number}));
    ASSERT_TRUE(day);
    EXPECT_EQ(day->number, number);
  }
  for (const std::string_view text : {"", "2016-9-21", "2016-09-32", "2016-09-2", "2016-09-21 ",
                                      "1969-12-31", "2149-06-06", "20160921xx", "2016-09-2x"}) {
    EXPECT_FALSE(ParseDay(text)) << text;
  }
}

TEST(Interval, IsHalfOpen) {
  const Interval interval{{10}, {20}};
  EXPECT_TRUE(interval.Contains({10}));
  EXPECT_TRUE(interval.Contains({19}));
  EXPECT_FALSE(interval.Contains({20}));
  EXPECT_FALSE(interval.Contains({9}));
  EXPECT_FALSE(interval.empty());
  EXPECT_TRUE((Interval{{10}, {10}}).empty());
  EXPECT_TRUE(Interval{}.Contains(kMaxTimestamp - 1));
  EXPECT_TRUE(Interval{}.Contains(kMinTimestamp));
}

}  // namespace
}  // namespace sightline
