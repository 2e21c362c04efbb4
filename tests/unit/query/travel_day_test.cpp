#include "query/travel_day.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "query/hour_class.h"

namespace sightline::query {
namespace {

TEST(TravelBuckets, HoldTheTimesBetweenTheirStarts) {
  for (const double seconds : {0.0, 0.5, 1.0, 1.05, 1.07, 59.9, 60.0, 600.0, 7199.0, 7200.0}) {
    SCOPED_TRACE(seconds);
    const int bucket = TravelBucket(seconds);
    ASSERT_GE(bucket, 0);
    ASSERT_LT(bucket, kTravelBuckets);
    EXPECT_LE(TravelBucketStart(bucket), seconds);
    EXPECT_GT(TravelBucketStart(bucket + 1), seconds);
  }
  for (int bucket = 1; bucket < kTravelBuckets; ++bucket) {
    EXPECT_LT(TravelBucketStart(bucket + 1) / TravelBucketStart(bucket), 1.07);
  }
}

TEST(TravelHistogram, QuantilesLieWithinABucketOfTheTrueOnes) {
  TravelHistogram times;
  for (int i = 0; i < 1'000; ++i) times.Add(TravelBucket(60 + 0.06 * i), 1);
  EXPECT_NEAR(times.Quantile(0.5), 90, 3);
  EXPECT_NEAR(times.Quantile(0.95), 117, 4);
  EXPECT_NEAR(times.Quantile(0.5, 80), 70, 3) << "of those below the cut alone";
  EXPECT_LE(times.StartOfRank(1), 60);
  EXPECT_GT(times.StartOfRank(1), 56);
  EXPECT_LE(times.StartOfRank(1'000), 120);
  EXPECT_GT(times.StartOfRank(1'000), 112);
  EXPECT_EQ(TravelHistogram().Quantile(0.5), 0);
}

TEST(TravelBins, SumsAreTheSameInAnyOrder) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::vector<std::vector<TravelBin>> parts(5);
  std::map<TravelKey, uint32_t> expected;
  for (std::vector<TravelBin>& part : parts) {
    std::map<TravelKey, uint32_t> bins;
    for (int i = 0; i < 200; ++i) {
      const auto hour = static_cast<HourClass>(random() % 4);
      bins[MakeTravelKey(1 + random() % 3, 5 + random() % 3, hour,
                         static_cast<int>(random() % 10))] += 1 + random() % 5;
    }
    for (const auto& [key, count] : bins) {
      part.push_back({key, count});
      expected[key] += count;
    }
  }
  std::vector<TravelBin> forwards;
  std::vector<TravelBin> backwards;
  for (const std::vector<TravelBin>& part : parts) AddTravelBins(part, forwards);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) AddTravelBins(*part, backwards);
  EXPECT_EQ(forwards, backwards);
  ASSERT_EQ(forwards.size(), expected.size());
  for (const TravelBin& bin : forwards) EXPECT_EQ(bin.count, expected[bin.key]);
}

TEST(TravelKeys, GiveBackWhatTheyAreMadeOf) {
  const TravelKey key =
      MakeTravelKey(kMaxTravelCamera, kMaxTravelCamera - 1, HourClass::kWeekend, 149);
  EXPECT_EQ(FromOf(key), kMaxTravelCamera);
  EXPECT_EQ(ToOf(key), kMaxTravelCamera - 1);
  EXPECT_EQ(HourOf(key), HourClass::kWeekend);
  EXPECT_EQ(BucketOf(key), 149);
}

TravelDay SomeDay() {
  TravelDay day{.day = Day{17'065}, .versions = 123'456, .readings = 7, .plates = 5,
                .plates_left_out = 1};
  day.cameras = {{.number = 3, .place = {116.3, 39.9}},
                 {.number = 900, .place = {-0.5, -80}, .left_out = true, .clock_offset_s = -12.5}};
  for (uint32_t i = 1; i < 50; ++i) {
    day.bins.push_back({MakeTravelKey(i, i * 1'000, HourClass::kRush, static_cast<int>(i)), i});
  }
  return day;
}

TEST(TravelDayRecord, ComesBackAsItWas) {
  EXPECT_EQ(DecodeTravelDay(EncodeTravelDay(SomeDay())).value(), SomeDay());
  EXPECT_EQ(DecodeTravelDay(EncodeTravelDay({})).value(), TravelDay());
}

TEST(TravelDayRecord, DamageIsFound) {
  const std::string bytes = EncodeTravelDay(SomeDay());
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    const auto decoded = DecodeTravelDay(damaged);
    ASSERT_FALSE(decoded) << i;
    EXPECT_EQ(decoded.error().code, ErrorCode::kCorruption);
    EXPECT_FALSE(DecodeTravelDay(bytes.substr(0, i))) << i;
  }
}

TEST(HourClass, GoesByTheWallClockOfTheZone) {
  const TimeZone shanghai = TimeZone::Named("Asia/Shanghai").value();
  const struct {
    const char* time;
    HourClass hour;
  } kCases[] = {
      {"2024-03-04T05:59:59+08:00", HourClass::kNight}, {"2024-03-04T06:00:00+08:00", HourClass::kDay},
      {"2024-03-04T07:00:00+08:00", HourClass::kRush},  {"2024-03-04T09:29:59+08:00", HourClass::kRush},
      {"2024-03-04T09:30:00+08:00", HourClass::kDay},   {"2024-03-04T16:30:00+08:00", HourClass::kRush},
      {"2024-03-04T19:30:00+08:00", HourClass::kDay},   {"2024-03-04T22:00:00+08:00", HourClass::kNight},
      {"2024-03-09T08:00:00+08:00", HourClass::kWeekend},
      {"2024-03-10T21:59:59+08:00", HourClass::kWeekend},
      {"2024-03-10T23:00:00+08:00", HourClass::kNight},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.time);
    const TimestampMs time = ParseRfc3339(c.time).value();
    EXPECT_EQ(HourClassAt(shanghai, time), c.hour);
    EXPECT_EQ(HourClassesOfDay(shanghai, DayOf(time)).At(MillisecondOfDay(time)), c.hour);
  }
}

}  // namespace
}  // namespace sightline::query
