#include "query/travel_time_book.h"

#include <gtest/gtest.h>

#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

constexpr Day kFirst{17'065};
constexpr double kLink = 0.01;  // degrees: 1,112 m

class SetClock final : public Clock {
 public:
  TimestampMs Now() const override { return now; }
  TimestampMs now = kFirst.end();
};

Sighting Reading(const std::string& plate, const std::string& camera, TimestampMs time,
                 Position place) {
  Sighting sighting;
  sighting.camera_id = camera;
  sighting.time = time;
  sighting.plate = sighting.plate_read = plate;
  sighting.location = place;
  return sighting;
}

class TravelTimeBookTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  Sources sources() { return {.store = filled_.store(), .columns = columns_.get()}; }

  std::unique_ptr<TravelTimeBook> OpenBook(size_t days = 28) {
    auto book = std::make_unique<TravelTimeBook>(sources(), clock_,
                                                 TravelLearningOptions{.days = days});
    EXPECT_TRUE(book->Load());
    return book;
  }

  // Vehicles that take `link_s` from a to b.
  void Drive(Day day, int vehicles, double link_s, const std::string& prefix = "V") {
    std::vector<Sighting> sightings;
    for (int i = 0; i < vehicles; ++i) {
      const TimestampMs at = day.start() + 40'000'000 + i * 10'000;
      const std::string plate = prefix + std::to_string(i);
      sightings.push_back(Reading(plate, "a", at, {0, 0}));
      sightings.push_back(
          Reading(plate, "b", at + static_cast<int64_t>(link_s * 1'000), {kLink, 0}));
    }
    filled_.Add(sightings);
  }

  TravelTime FromAToB(const TravelTimes& model) {
    return model.Between(filled_.store().FindCamera("a")->number,
                         filled_.store().FindCamera("b")->number, HourClass::kDay);
  }

  FilledStore filled_{GetParam()};
  ColumnsBeside columns_{filled_.store(), ColumnsKind::kIndex};
  SetClock clock_;
};

TEST_P(TravelTimeBookTest, LearnsWhatIsDueAndNothingTwice) {
  const auto book = OpenBook();
  EXPECT_EQ(book->LearnDue({}).value(), 0u);
  EXPECT_TRUE(book->Current()->basis().days.empty());
  Drive(kFirst, 60, 60);
  EXPECT_EQ(book->LearnDue({}).value(), 1u);
  EXPECT_EQ(book->LearnDue({}).value(), 0u);
  const TravelTime time = FromAToB(*book->Current());
  EXPECT_EQ(time.samples, 60u);
  EXPECT_NEAR(time.median_s, 60, 3);
}

TEST_P(TravelTimeBookTest, ADayThatChangedIsLearnedAgainOnceItIsQuietOrTwiceAsLarge) {
  const auto book = OpenBook();
  Drive(kFirst, 60, 60);
  ASSERT_EQ(book->LearnDue({}).value(), 1u);
  Drive(kFirst, 20, 60, "W");
  EXPECT_EQ(book->LearnDue({}).value(), 0u);
  clock_.now = clock_.now + 600'000;
  EXPECT_EQ(book->LearnDue({}).value(), 1u);
  EXPECT_EQ(FromAToB(*book->Current()).samples, 80u);
  Drive(kFirst, 90, 60, "X");
  EXPECT_EQ(book->LearnDue({}).value(), 1u) << "at once";
  EXPECT_EQ(FromAToB(*book->Current()).samples, 170u);
}

TEST_P(TravelTimeBookTest, WhatWasLearnedOutlivesTheProcess) {
  Drive(kFirst, 60, 60);
  ASSERT_EQ(OpenBook()->LearnDue({}).value(), 1u);
  const auto book = OpenBook();
  EXPECT_EQ(FromAToB(*book->Current()).samples, 60u);
  EXPECT_EQ(book->LearnDue({}).value(), 0u);
}

TEST_P(TravelTimeBookTest, OtherRulesAndDamageAskForAnotherLook) {
  Drive(kFirst, 60, 60);
  ASSERT_EQ(OpenBook()->LearnDue({}).value(), 1u);
  TravelTimeBook elsewhere(sources(), clock_,
                           {.zone = TimeZone::Named("Asia/Shanghai").value()});
  ASSERT_TRUE(elsewhere.Load());
  EXPECT_TRUE(elsewhere.Current()->basis().days.empty());
  EXPECT_EQ(elsewhere.LearnDue({}).value(), 1u);

  ASSERT_EQ(OpenBook()->LearnDue({}).value(), 1u);
  ASSERT_TRUE(filled_.store().PutEntry("travel_times", FormatDay(kFirst), "not a day"));
  const auto book = OpenBook();
  EXPECT_TRUE(book->Current()->basis().days.empty());
  EXPECT_EQ(book->LearnDue({}).value(), 1u);
  EXPECT_EQ(FromAToB(*book->Current()).samples, 60u);
}

TEST_P(TravelTimeBookTest, CorrectionsTeach) {
  const TimestampMs at = kFirst.start() + 40'000'000;
  Drive(kFirst, 20, 60);
  // A misread that the bound contradicts costs the plate; corrected, its drive counts.
  const storage::AppendResult added =
      filled_.Add({Reading("W", "a", at, {0, 0}), Reading("W", "b", at + 60'000, {kLink, 0}),
                   Reading("W", "c", at + 61'000, {kLink * 50, 0})});
  const auto book = OpenBook();
  ASSERT_EQ(book->LearnDue({}).value(), 1u);
  EXPECT_EQ(FromAToB(*book->Current()).samples, 20u);
  EXPECT_EQ(book->Current()->basis().plates_left_out, 1u);
  filled_.Correct(added.ids[2], {.plate = "M"});
  ASSERT_EQ(book->LearnDue({}).value(), 0u);
  clock_.now = clock_.now + 600'000;
  ASSERT_EQ(book->LearnDue({}).value(), 1u);
  EXPECT_EQ(FromAToB(*book->Current()).samples, 21u);
  EXPECT_EQ(book->Current()->basis().plates_left_out, 0u);
}

TEST_P(TravelTimeBookTest, OldDaysAgeOut) {
  for (uint16_t i = 0; i < 4; ++i) {  // Tuesday to Friday
    Drive(Day{static_cast<uint16_t>(kFirst.number - 1 + i)}, 20 + i, 60);
  }
  const auto book = OpenBook(2);
  EXPECT_EQ(book->LearnDue({}).value(), 2u);
  EXPECT_EQ(book->Current()->basis().days, (std::vector<Day>{Day{17'066}, Day{17'067}}));
  EXPECT_EQ(FromAToB(*book->Current()).samples, 45u);
}

TEST_P(TravelTimeBookTest, ASweepHasItsWindowLearnedFirst) {
  Drive(kFirst, 60, 60);
  Drive(Day{17'066}, 30, 90);
  Drive(Day{17'067}, 30, 90);
  const auto book = OpenBook();
  const auto first = book->LearnedFor({kFirst.start(), kFirst.end()}, {}).value();
  EXPECT_EQ(first->basis().days, (std::vector<Day>{kFirst}));
  EXPECT_NEAR(FromAToB(*first).median_s, 60, 3);
  EXPECT_TRUE(book->Current()->basis().days.empty()) << "what is in force is another matter";
  const auto two = book->LearnedFor({Day{17'066}.start(), Day{17'066}.end()}, {}).value();
  EXPECT_EQ(two->basis().days, (std::vector<Day>{kFirst, Day{17'066}}));
  EXPECT_EQ(FromAToB(*two).samples, 90u);
  EXPECT_EQ(book->LearnedFor({kFirst.start(), kFirst.end()}, {}).value(), first);
  // Learned once, whoever asked for it.
  EXPECT_EQ(book->LearnDue({}).value(), 1u);
  EXPECT_EQ(book->LearnedFor({}, {}).value(), book->Current());
  EXPECT_EQ(FromAToB(*book->Current()).samples, 120u);
}

TEST_P(TravelTimeBookTest, ACancelledLearningStops) {
  Drive(kFirst, 60, 60);
  const auto book = OpenBook();
  Cancellation cancellation;
  cancellation.Cancel();
  EXPECT_EQ(book->LearnDue(cancellation).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(book->LearnedFor({}, cancellation).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(book->LearnDue({}).value(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Stores, TravelTimeBookTest,
                         ::testing::Values(StoreKind::kMemory, StoreKind::kRocksDb),
                         [](const auto& kind) { return testing::StoreKindName(kind.param); });

}  // namespace
}  // namespace sightline::query
