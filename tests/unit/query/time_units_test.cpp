// Minutes, hours, days and weeks of a wall clock, also where clocks are changed.
#include "query/time_units.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/wall_clock.h"

namespace sightline::query {
namespace {

TimestampMs At(const char* text) { return ParseRfc3339(text).value(); }

TimeUnits Units(const char* zone, std::vector<TimeUnit> units) {
  return {TimeZone::Named(zone).value(), std::move(units)};
}

// The starts of the unit's intervals from one instant to another.
std::vector<std::string> Starts(const char* zone, TimeUnit unit, const char* from, const char* to) {
  const TimeUnits units = Units(zone, {unit});
  std::vector<std::string> starts;
  for (TimestampMs at = At(from); at < At(to); at = units.NextChange(at)) {
    starts.push_back(FormatTimestamp({units.ValuesAt(at).front()}));
  }
  return starts;
}

using Texts = std::vector<std::string>;

TEST(TimeUnits, AnHourThatComesTwiceIsTwoHours) {
  EXPECT_EQ(Starts("America/Los_Angeles", TimeUnit::kHour, "2016-11-06T07:30:00Z",
                   "2016-11-06T10:30:00Z"),
            (Texts{"2016-11-06T07:00:00.000Z", "2016-11-06T08:00:00.000Z",
                   "2016-11-06T09:00:00.000Z", "2016-11-06T10:00:00.000Z"}));
  const TimeUnits units = Units("America/Los_Angeles", {TimeUnit::kHourOfDay});
  EXPECT_EQ(units.ValuesAt(At("2016-11-06T08:30:00Z")), std::vector<int64_t>{1});
  EXPECT_EQ(units.ValuesAt(At("2016-11-06T09:30:00Z")), std::vector<int64_t>{1});
}

TEST(TimeUnits, ASkippedHourIsNone) {
  const TimeUnits units = Units("America/Los_Angeles", {TimeUnit::kHourOfDay});
  EXPECT_EQ(units.ValuesAt(At("2016-03-13T09:59:59Z")), std::vector<int64_t>{1});
  EXPECT_EQ(units.ValuesAt(At("2016-03-13T10:00:00Z")), std::vector<int64_t>{3});
}

TEST(TimeUnits, DaysHave23Or25HoursWhereClocksAreChanged) {
  EXPECT_EQ(Starts("America/Los_Angeles", TimeUnit::kDay, "2016-03-13T08:00:00Z",
                   "2016-03-15T07:00:00Z"),
            (Texts{"2016-03-13T08:00:00.000Z", "2016-03-14T07:00:00.000Z"}));
  EXPECT_EQ(Starts("America/Los_Angeles", TimeUnit::kDay, "2016-11-06T07:00:00Z",
                   "2016-11-08T08:00:00Z"),
            (Texts{"2016-11-06T07:00:00.000Z", "2016-11-07T08:00:00.000Z"}));
}

TEST(TimeUnits, AnHourThatClocksAreSetBackWithinHas90Minutes) {
  // Lord Howe: at 02:00 the clocks show 01:30 again.
  EXPECT_EQ(Starts("Australia/Lord_Howe", TimeUnit::kHour, "2016-04-02T14:00:00Z",
                   "2016-04-02T16:30:00Z"),
            (Texts{"2016-04-02T14:00:00.000Z", "2016-04-02T15:30:00.000Z"}));
  // At 02:00 they show 02:30.
  EXPECT_EQ(Starts("Australia/Lord_Howe", TimeUnit::kHour, "2016-10-01T14:30:00Z",
                   "2016-10-01T17:00:00Z"),
            (Texts{"2016-10-01T14:30:00.000Z", "2016-10-01T15:30:00.000Z",
                   "2016-10-01T16:00:00.000Z"}));
}

TEST(TimeUnits, ADayWithoutMidnightStartsWhenTheClockShowsItsDate) {
  const TimeUnits units = Units("America/Sao_Paulo", {TimeUnit::kDay, TimeUnit::kHourOfDay});
  EXPECT_EQ(units.ValuesAt(At("2016-10-16T12:00:00Z")),
            (std::vector<int64_t>{At("2016-10-16T03:00:00Z").value, 10}));
  EXPECT_EQ(units.ValuesAt(At("2016-10-16T03:00:00Z")).back(), 1);
}

TEST(TimeUnits, ADateThatWasLeftOutHasNoDay) {
  // Samoa went from 2011-12-29 to 2011-12-31.
  EXPECT_EQ(
      Starts("Pacific/Apia", TimeUnit::kDay, "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z"),
      (Texts{"2011-12-29T10:00:00.000Z", "2011-12-30T10:00:00.000Z"}));
}

TEST(TimeUnits, WeeksBeginOnMonday) {
  EXPECT_EQ(Starts("Asia/Shanghai", TimeUnit::kWeek, "2016-09-18T15:59:59.999Z",
                   "2016-09-26T00:00:00Z"),
            (Texts{"2016-09-11T16:00:00.000Z", "2016-09-18T16:00:00.000Z",
                   "2016-09-25T16:00:00.000Z"}));
  const TimeUnits units = Units("Asia/Shanghai", {TimeUnit::kWeekday});
  EXPECT_EQ(units.ValuesAt(At("2016-09-18T15:59:59.999Z")), std::vector<int64_t>{7});
  EXPECT_EQ(units.ValuesAt(At("2016-09-18T16:00:00Z")), std::vector<int64_t>{1});
}

TEST(TimeUnits, TheFirstStorableInstantIsInTheIntervalThatBeganBeforeIt) {
  const TimeUnits units =
      Units("America/Los_Angeles", {TimeUnit::kHour, TimeUnit::kDay, TimeUnit::kWeekday});
  EXPECT_EQ(units.ValuesAt(kMinTimestamp), (std::vector<int64_t>{0, -16 * 3'600'000, 3}));
}

// Time after time around changes of clocks, against a clock that is looked at minute by minute.
TEST(TimeUnits, AgreeWithTheClockMinuteByMinute) {
  constexpr TimeUnit kUnits[] = {TimeUnit::kMinute, TimeUnit::kHour,      TimeUnit::kDay,
                                 TimeUnit::kWeek,   TimeUnit::kHourOfDay, TimeUnit::kWeekday,
                                 TimeUnit::kHourClass};
  for (const auto& [zone, around] :
       {std::pair("America/Los_Angeles", "2016-03-13T10:00:00Z"),
        std::pair("America/Los_Angeles", "2016-11-06T09:00:00Z"),
        std::pair("Australia/Lord_Howe", "2016-04-02T15:00:00Z"),
        std::pair("Australia/Lord_Howe", "2016-10-01T15:30:00Z"),
        std::pair("America/Sao_Paulo", "2016-10-16T03:00:00Z"),
        std::pair("America/Sao_Paulo", "2016-02-21T02:00:00Z"),
        std::pair("America/Havana", "2016-11-06T05:00:00Z"),
        std::pair("Asia/Tehran", "2016-09-20T19:30:00Z"),
        std::pair("Asia/Kathmandu", "2016-09-18T18:15:00Z")}) {
    const TimeZone rules = TimeZone::Named(zone).value();
    for (const TimeUnit unit : kUnits) {
      const TimeUnits units(rules, {unit});
      const TimestampMs end = At(around) + 26 * 3'600'000;
      TimestampMs next = At(around) - 26 * 3'600'000;
      next = units.NextChange(next);
      for (TimestampMs at = next; at < end; at = at + 35 * kMillisecondsPerMinute) {
        const int64_t expected = testing::ValueByWallClock(rules, unit, at);
        ASSERT_EQ(units.ValuesAt(at).front(), expected)
            << zone << " " << FormatTimestamp(at) << " unit " << static_cast<int>(unit);
        ASSERT_GT(units.NextChange(at), at);
        if (IsInterval(unit)) {
          ASSERT_EQ(units.ValuesAt(units.NextChange(at) - 1).front(), expected);
          ASSERT_NE(units.ValuesAt(units.NextChange(at)).front(), expected);
        }
      }
    }
  }
}

}  // namespace
}  // namespace sightline::query
