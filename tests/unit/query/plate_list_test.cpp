#include "query/plate_list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

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

class PlateListTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  std::vector<std::string> List(const PlateListRequest& request) {
    std::vector<std::string> plates;
    for (const auto& summary : ListPlates(store_, request, {}).value().plates) {
      plates.push_back(summary.plate);
    }
    return plates;
  }

  FilledStore filled_{GetParam()};
  storage::Store& store_ = filled_.store();
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
  const PlateListPage now = ListPlates(store_, {}, {}).value();
  ASSERT_EQ(now.plates.size(), 2u);
  EXPECT_EQ(now.plates[0].count, 3u);
  EXPECT_EQ(now.plates[0].first_seen, kNoon - kMillisecondsPerDay);
  EXPECT_EQ(now.plates[0].last_seen, kNoon + 5 * kMillisecondsPerDay);
  EXPECT_EQ(now.as_of, store_.VisibleSequence());
  const PlateListPage then = ListPlates(store_, {.as_of = before}, {}).value();
  ASSERT_EQ(then.plates.size(), 1u);
  EXPECT_EQ(then.plates[0].count, 2u);
  EXPECT_EQ(then.plates[0].first_seen, kNoon);
  EXPECT_EQ(then.as_of, before);
}

TEST_P(PlateListTest, PagesSayWhetherThereIsMore) {
  filled_.Add({Reading("A1", kNoon), Reading("A2", kNoon), Reading("A3", kNoon), Reading("B1", kNoon)});
  PlateListRequest request{.pattern = "A*", .limit = 2};
  const PlateListPage first = ListPlates(store_, request, {}).value();
  EXPECT_EQ(first.plates.size(), 2u);
  EXPECT_TRUE(first.more);
  request.after = first.plates.back().plate;
  const PlateListPage second = ListPlates(store_, request, {}).value();
  ASSERT_EQ(second.plates.size(), 1u);
  EXPECT_EQ(second.plates[0].plate, "A3");
  EXPECT_FALSE(second.more);
  request.limit = 3;
  request.after.clear();
  EXPECT_FALSE(ListPlates(store_, request, {}).value().more) << "exactly as many as asked for";
}

TEST_P(PlateListTest, ACancelledListStops) {
  filled_.Add({Reading("A1", kNoon)});
  Cancellation cancellation;
  cancellation.Cancel();
  EXPECT_EQ(ListPlates(store_, {}, cancellation).error().code, ErrorCode::kCancelled);
}

INSTANTIATE_TEST_SUITE_P(Stores, PlateListTest, ::testing::Values(StoreKind::kMemory, StoreKind::kRocksDb),
                         [](const auto& test) { return testing::StoreKindName(test.param); });

}  // namespace
}  // namespace sightline::query
