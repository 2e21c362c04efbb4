#include "client/input/time_format.h"

#include <gtest/gtest.h>

namespace sightline::client {
namespace {

std::optional<TimeZone> Zone(const std::string& name) {
  if (name.empty()) return std::nullopt;
  return TimeZone::Named(name).value();
}

std::string Parsed(const std::string& format, const std::string& zone, std::string_view text) {
  const auto made = TimeFormat::Make(format, Zone(zone));
  if (!made) return "format: " + made.error().message;
  const auto instant = made->Parse(text);
  if (!instant) return "error: " + instant.error().message;
  return FormatTimestamp(instant->time) + (instant->ambiguous ? " first of two" : "");
}

TEST(TimeFormat, ReadsTimesOfManyKinds) {
  const struct {
    const char* format;
    const char* zone;
    const char* text;
    const char* instant;
  } kCases[] = {
      {"", "", "2016-09-21T10:22:36.120+08:00", "2016-09-21T02:22:36.120Z"},
      {"rfc3339", "Asia/Shanghai", "2016-09-21 10:22:36.12", "2016-09-21T02:22:36.120Z"},
      {"rfc3339", "Asia/Shanghai", "2016-09-21T10:22:36Z", "2016-09-21T10:22:36.000Z"},
      {"unix", "", "1474424556.12", "2016-09-21T02:22:36.120Z"},
      {"unix-ms", "", "1474424556120", "2016-09-21T02:22:36.120Z"},
      {"%m/%d/%Y - %H:%M:%S", "America/Los_Angeles", "10/07/2021 - 16:30:51",
       "2021-10-07T23:30:51.000Z"},
      {"%d.%m.%Y %H:%M:%S.%f", "Europe/Berlin", "21.09.2016 10:22:36.1207",
       "2016-09-21T08:22:36.120Z"},
      {"%Y%m%d%H%M%S", "UTC", "20160921102236", "2016-09-21T10:22:36.000Z"},
      {"%Y-%m-%dT%H:%M:%S%z", "", "2016-09-21T10:22:36+0800", "2016-09-21T02:22:36.000Z"},
      {"%I:%M %p %d %b %Y", "UTC", "01:05 PM 21 Sep 2016", "2016-09-21T13:05:00.000Z"},
      {"%y/%m/%d", "UTC", "16/09/21", "2016-09-21T00:00:00.000Z"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(Parsed(test.format, test.zone, test.text), test.instant) << test.text;
  }
}

TEST(TimeFormat, SaysWhatIsWrong) {
  const struct {
    const char* format;
    const char* zone;
    const char* text;
    const char* part;
  } kCases[] = {
      {"", "", "yesterday", "is not RFC 3339"},
      {"", "", "2016-09-21 10:22:36", "has no offset from UTC; say --tz"},
      {"%m/%d/%Y", "UTC", "21/09/2016", "does not read as '%m/%d/%Y'"},
      {"%m/%d/%Y", "UTC", "09/21/2016 x", "does not read as"},
      {"%m/%d/%Y", "UTC", "02/30/2016", "no such date: 2016-02-30"},
      {"%m/%d/%Y", "UTC", "", "does not read as"},
      {"%H:%M:%S.%f %Y", "UTC", "10:22:36. 2016", "does not read as"},
      {"unix", "", "12s", "is not a number of seconds"},
      {"unix", "", "nan", "is not a number of seconds"},
      {"unix-ms", "", "1.5", "is not a whole number"},
      {"%m/%d/%Y - %H:%M:%S", "America/Los_Angeles", "03/14/2021 - 02:30:00",
       "the local time does not exist"},
      {"%H:%M:%S", "UTC", "10:00:00", "format: the time format '%H:%M:%S' has no year"},
      {"%Y-%m-%d", "", "2016-09-21", "format: times in this format bear no offset"},
  };
  for (const auto& test : kCases) {
    const std::string outcome = Parsed(test.format, test.zone, test.text);
    EXPECT_NE(outcome.find(test.part), std::string::npos) << test.text << " gave " << outcome;
  }
}

TEST(TimeZone, TheRepeatedHourIsTakenTheFirstTimeAndTold) {
  const std::string format = "%Y-%m-%d %H:%M:%S";
  EXPECT_EQ(Parsed(format, "America/Los_Angeles", "2021-11-07 00:59:59"),
            "2021-11-07T07:59:59.000Z");
  EXPECT_EQ(Parsed(format, "America/Los_Angeles", "2021-11-07 01:30:00"),
            "2021-11-07T08:30:00.000Z first of two");
  EXPECT_EQ(Parsed(format, "America/Los_Angeles", "2021-11-07 02:00:00"),
            "2021-11-07T10:00:00.000Z");
}

TEST(TimeZone, TheSkippedHourEndsAtItsEdges) {
  const std::string format = "%Y-%m-%d %H:%M:%S";
  EXPECT_EQ(Parsed(format, "America/Los_Angeles", "2021-03-14 01:59:59"),
            "2021-03-14T09:59:59.000Z");
  EXPECT_EQ(Parsed(format, "America/Los_Angeles", "2021-03-14 03:00:00"),
            "2021-03-14T10:00:00.000Z");
  EXPECT_NE(Parsed(format, "America/Los_Angeles", "2021-03-14 02:00:00").find("does not exist"),
            std::string::npos);
}

TEST(TimeZone, ShowsTheWallClockAndItsOffset) {
  const TimestampMs time = ParseRfc3339("2016-09-21T02:22:36.120Z").value();
  EXPECT_EQ(Zone("Asia/Shanghai")->Format(time), "2016-09-21 10:22:36.120 +08:00");
  EXPECT_EQ(Zone("America/St_Johns")->Format(time), "2016-09-20 23:52:36.120 -02:30");
  EXPECT_EQ(Zone("UTC")->Format({0}), "1970-01-01 00:00:00.000 +00:00");
}

TEST(TimeZone, UnknownNamesAreRefused) {
  EXPECT_FALSE(TimeZone::Named("Nowhere/Land"));
  EXPECT_FALSE(TimeZone::Named(""));
  EXPECT_TRUE(TimeZone::Named("UTC"));
}

// Every instant shown as a wall clock and read back is the same, or, in a repeated hour, its first.
TEST(TimeZone, ShowingAndReadingAgree) {
  for (const char* name : {"America/Los_Angeles", "Europe/Berlin", "Asia/Shanghai",
                           "Australia/Lord_Howe", "Asia/Kathmandu"}) {
    const TimeZone zone = TimeZone::Named(name).value();
    const TimeFormat format = TimeFormat::Make("rfc3339", zone).value();
    const TimestampMs start = ParseRfc3339("2021-01-01T00:00:00Z").value();
    for (int64_t quarter = 0; quarter < int64_t{365} * 96; ++quarter) {
      const TimestampMs time = start + quarter * 15 * kMillisecondsPerMinute;
      const std::string shown = zone.Format(time);
      const auto read = format.Parse(std::string_view(shown).substr(0, 23));
      ASSERT_TRUE(read) << name << ' ' << shown;
      if (read->time == time) continue;
      ASSERT_TRUE(zone.Format(read->time).starts_with(shown.substr(0, 23))) << name << ' ' << shown;
      ASSERT_LT(read->time, time) << name << ' ' << shown;
      ASSERT_TRUE(read->ambiguous) << name << ' ' << shown;
    }
  }
}

}  // namespace
}  // namespace sightline::client
