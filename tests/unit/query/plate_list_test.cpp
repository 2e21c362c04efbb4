#include "query/plate_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "query/near_plates.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kNoon{int64_t{17'065} * kMillisecondsPerDay + 12 * 3'600'000};

Sighting Reading(std::string plate, TimestampMs time) {
  Sighting sighting;
  sighting.camera_id = "a";
  sighting.time = time;
  sighting.plate_read = plate;
  sighting.plate = std::move(plate);
  return sighting;
}

class PlateListTest : public ::testing::TestWithParam<std::tuple<StoreKind, ColumnsKind>> {
 protected:
  std::vector<std::string> List(const PlateListRequest& request) {
    std::vector<std::string> plates;
    for (const ListedPlate& plate : ListPlates(sources_, request, {}).value().plates) {
      plates.push_back(plate.summary.plate);
    }
    return plates;
  }

  // The same, `page` plates at a time.
  std::vector<std::string> ListPaged(PlateListRequest request, size_t page) {
    std::vector<std::string> plates;
    request.limit = page;
    for (;;) {
      const PlateListPage next = ListPlates(sources_, request, {}).value();
      for (const ListedPlate& plate : next.plates) plates.push_back(plate.summary.plate);
      if (!next.more) return plates;
      request.after = plates.back();
      request.as_of = next.as_of;
    }
  }

  FilledStore filled_{std::get<0>(GetParam())};
  storage::Store& store_ = filled_.store();
  ColumnsBeside columns_{store_, std::get<1>(GetParam())};
  const Sources sources_{.store = store_, .columns = columns_.get()};
};

TEST_P(PlateListTest, ListsPlatesThatMatchInByteOrder) {
  filled_.Add({Reading("京B1", kNoon), Reading("AB12", kNoon), Reading("AB1", kNoon),
               Reading("AC1", kNoon), Reading("B1", kNoon), Reading("", kNoon)});
  EXPECT_EQ(List({}), (std::vector<std::string>{"AB1", "AB12", "AC1", "B1", "京B1"}));
  EXPECT_EQ(List({.pattern = "A*"}), (std::vector<std::string>{"AB1", "AB12", "AC1"}));
  EXPECT_EQ(List({.pattern = "A?1"}), (std::vector<std::string>{"AB1", "AC1"}));
  EXPECT_EQ(List({.pattern = "AB1"}), (std::vector<std::string>{"AB1"}));
  EXPECT_EQ(List({.pattern = "*B1"}), (std::vector<std::string>{"AB1", "B1", "京B1"}));
  EXPECT_EQ(List({.pattern = "AB"}), (std::vector<std::string>{}));
}

TEST_P(PlateListTest, SummarisesOverAllDaysUpToAsOf) {
  const Sequence before =
      filled_.Add({Reading("A1", kNoon), Reading("A1", kNoon + 5 * kMillisecondsPerDay)}).last_sequence;
  filled_.Add({Reading("A1", kNoon - kMillisecondsPerDay), Reading("A2", kNoon)});
  const PlateListPage now = ListPlates(sources_, {}, {}).value();
  ASSERT_EQ(now.plates.size(), 2u);
  EXPECT_EQ(now.plates[0].summary.count, 3u);
  EXPECT_EQ(now.plates[0].summary.first_seen, kNoon - kMillisecondsPerDay);
  EXPECT_EQ(now.plates[0].summary.last_seen, kNoon + 5 * kMillisecondsPerDay);
  EXPECT_EQ(now.as_of, store_.VisibleSequence());
  const PlateListPage then = ListPlates(sources_, {.as_of = before}, {}).value();
  ASSERT_EQ(then.plates.size(), 1u);
  EXPECT_EQ(then.plates[0].summary.count, 2u);
  EXPECT_EQ(then.plates[0].summary.first_seen, kNoon);
  EXPECT_EQ(then.as_of, before);
}

TEST_P(PlateListTest, PagesSayWhetherThereIsMore) {
  filled_.Add({Reading("A1", kNoon), Reading("A2", kNoon), Reading("A3", kNoon), Reading("B1", kNoon)});
  PlateListRequest request{.pattern = "A*", .limit = 2};
  const PlateListPage first = ListPlates(sources_, request, {}).value();
  EXPECT_EQ(first.plates.size(), 2u);
  EXPECT_TRUE(first.more);
  request.after = first.plates.back().summary.plate;
  const PlateListPage second = ListPlates(sources_, request, {}).value();
  ASSERT_EQ(second.plates.size(), 1u);
  EXPECT_EQ(second.plates[0].summary.plate, "A3");
  EXPECT_FALSE(second.more);
  request.limit = 3;
  request.after.clear();
  EXPECT_FALSE(ListPlates(sources_, request, {}).value().more) << "exactly as many as asked for";
}

TEST_P(PlateListTest, PagesOfAPatternWithoutAPrefixGoOnWhereTheyEnded) {
  std::vector<Sighting> readings;
  for (int i = 0; i < 40; ++i) {
    readings.push_back(Reading("B" + std::to_string(10 + i) + (i % 2 == 0 ? "X" : "Y"),
                               kNoon + i % 3 * kMillisecondsPerDay));
  }
  filled_.Add(readings);
  const std::vector<std::string> all = List({.pattern = "*X"});
  ASSERT_EQ(all.size(), 20u);
  for (const size_t page : {1, 3, 19, 20, 21}) EXPECT_EQ(ListPaged({.pattern = "*X"}, page), all);
}

TEST_P(PlateListTest, LikelyPlatesComeFirstWithTheirMatch) {
  for (int i = 0; i < 30; ++i) filled_.Add({Reading("AB8C21", kNoon + i)});
  filled_.Add({Reading("ABBC21", kNoon), Reading("AB8C99", kNoon), Reading("XYZ", kNoon)});
  const PlateListPage page =
      ListPlates(sources_, {.like = PlateLike{.text = "ABBC21", .max_distance = 1}}, {}).value();
  ASSERT_EQ(page.plates.size(), 2u);
  EXPECT_FALSE(page.more);
  EXPECT_GE(page.plates[0].match->probability, page.plates[1].match->probability);
  for (const ListedPlate& plate : page.plates) {
    const bool is_exact = plate.summary.plate == "ABBC21";
    EXPECT_EQ(plate.match->differences, is_exact ? 0 : 1);
    EXPECT_EQ(plate.summary.count, is_exact ? 1u : 30u);
  }
}

TEST_P(PlateListTest, TheSecondRealPlateComesBeforeMisreadsOfTheFirst) {
  for (int i = 0; i < 200; ++i) filled_.Add({Reading("AB8C21", kNoon + i)});
  for (int i = 0; i < 20; ++i) filled_.Add({Reading("ABRC21", kNoon + i)});
  for (const char* misread : {"ABBC21", "AB8021", "AB8C2I"}) filled_.Add({Reading(misread, kNoon)});
  const PlateListPage page =
      ListPlates(sources_, {.like = PlateLike{.text = "ABBC21", .max_distance = 2}}, {}).value();
  ASSERT_EQ(page.plates.size(), 5u);
  EXPECT_EQ(page.plates[0].summary.plate, "AB8C21");
  EXPECT_EQ(page.plates[1].summary.plate, "ABRC21");
  double sum = 0;
  for (const ListedPlate& plate : page.plates) sum += plate.match->probability;
  EXPECT_LE(sum, 1 + 1e-9) << "one plate is meant";
}

TEST_P(PlateListTest, LikeJoinsThePatternAndSeesNoMoreThanAsOf) {
  const Sequence before = filled_.Add({Reading("AB1", kNoon), Reading("AC1", kNoon)}).last_sequence;
  filled_.Add({Reading("AD1", kNoon + 1), Reading("AB1", kNoon + 2)});
  const PlateLike like{.text = "A?1", .max_distance = 0};
  EXPECT_EQ(ListPaged({.like = like, .as_of = before}, 1), List({.like = like, .as_of = before}));
  EXPECT_EQ(List({.like = like, .as_of = before}).size(), 2u);
  EXPECT_EQ(List({.like = like}).size(), 3u);
  EXPECT_EQ(List({.pattern = "*D*", .like = like}), (std::vector<std::string>{"AD1"}));
}

TEST_P(PlateListTest, ACorrectedReadingCountsForThePlateThatItWasCorrectedTo) {
  const SightingId id = filled_.Add({Reading("AB1", kNoon), Reading("AB1", kNoon + 1)}).ids[0];
  const Sequence before = store_.VisibleSequence();
  filled_.Correct(id, {.plate = "AB7"});
  for (const PlateListRequest& request :
       {PlateListRequest{.pattern = "*B?"}, PlateListRequest{.like = PlateLike{"AB1", 1}}}) {
    std::vector<std::string> now = List(request);
    std::sort(now.begin(), now.end());
    EXPECT_EQ(now, (std::vector<std::string>{"AB1", "AB7"}));
    PlateListRequest then = request;
    then.as_of = before;
    EXPECT_EQ(List(then), (std::vector<std::string>{"AB1"}));
  }
}

TEST_P(PlateListTest, MorePlatesThanAreWeighedAreListedAllTheSame) {
  std::vector<Sighting> readings;
  for (int i = 0; i < 400; ++i) {
    readings.push_back(
        Reading("A" + std::to_string(1000 + i), kNoon + i % 2 * kMillisecondsPerDay));
  }
  filled_.Add(readings);
  const PlateListRequest request{.like = PlateLike{.text = "A????", .max_distance = 0},
                                 .limit = 2000};
  ASSERT_GT(readings.size(), NearPlates::kMaxRanked);
  std::vector<std::string> whole = List(request);
  EXPECT_EQ(ListPaged(request, 133), whole);
  std::sort(whole.begin(), whole.end());
  EXPECT_EQ(std::unique(whole.begin(), whole.end()), whole.end());
  EXPECT_EQ(whole.size(), readings.size());
}

TEST_P(PlateListTest, ACancelledListStops) {
  filled_.Add({Reading("A1", kNoon)});
  Cancellation cancellation;
  cancellation.Cancel();
  EXPECT_EQ(ListPlates(sources_, {}, cancellation).error().code, ErrorCode::kCancelled);
}

INSTANTIATE_TEST_SUITE_P(
    Stores, PlateListTest,
    ::testing::Combine(::testing::Values(StoreKind::kMemory, StoreKind::kRocksDb),
                       ::testing::Values(ColumnsKind::kNone, ColumnsKind::kPlain,
                                         ColumnsKind::kIndex)),
    [](const auto& test) {
      return testing::StoreKindName(std::get<0>(test.param)) +
             testing::ColumnsKindName(std::get<1>(test.param));
    });

}  // namespace
}  // namespace sightline::query
