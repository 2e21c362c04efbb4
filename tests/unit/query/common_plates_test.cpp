// Common plates where one of the scenes misread the plate.
#include "query/common_plates.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kNoon{int64_t{17'065} * kMillisecondsPerDay + 12 * 3'600'000};

class CommonPlatesTest : public ::testing::Test {
 protected:
  void Pass(const std::string& plate, const std::string& camera, TimestampMs time,
            const std::string& color = "red") {
    Sighting sighting;
    sighting.camera_id = camera;
    sighting.time = time;
    sighting.plate = sighting.plate_read = plate;
    sighting.attributes = {{"color", color}};
    sighting.location = Position{0.01, 0};
    filled_.Add({sighting});
  }

  // Noon at the first camera, the next day's noon at the second.
  CommonPlatesAnswer Ask(bool merge_misreads = true) {
    CommonPlatesRequest request{.merge_misreads = merge_misreads,
                                .zone = TimeZone::Named("UTC").value()};
    for (const int visit : {0, 1}) {
      const TimestampMs at = kNoon + visit * kMillisecondsPerDay;
      Filter& filter = request.visits.emplace_back();
      filter.time = {at, at + 3'600'000};
      filter.cameras = {visit == 0 ? "first" : "second"};
    }
    return FindCommonPlates(sources_, request, {}).value();
  }

  // As many strangers at both scenes as a chance needs.
  void AddStrangers() {
    static const char* const kColors[] = {"red", "blue", "white", "black"};
    for (int i = 0; i < 40; ++i) {
      Pass("FAR" + std::to_string(1000 + i * 111), "first", kNoon + i * 1000, kColors[i % 4]);
      Pass("OFF" + std::to_string(2000 + i * 111), "second",
           kNoon + kMillisecondsPerDay + i * 1000, kColors[(i / 4) % 4]);
    }
  }

  FilledStore filled_{StoreKind::kMemory};
  ColumnsBeside columns_{filled_.store(), ColumnsKind::kIndex};
  const Sources sources_{.store = filled_.store(), .columns = columns_.get()};
};

TEST_F(CommonPlatesTest, AMisreadAtOneSceneCountsAsThePlate) {
  AddStrangers();
  Pass("A12345", "first", kNoon + 60'000);
  Pass("A12345", "elsewhere", kNoon + 7'200'000);
  Pass("A1Z345", "second", kNoon + kMillisecondsPerDay + 60'000);
  const CommonPlatesAnswer answer = Ask();
  ASSERT_EQ(answer.plates.size(), 1u);
  const CommonPlate& plate = answer.plates.front();
  EXPECT_EQ(plate.plate, "A12345");
  EXPECT_EQ(plate.visits, (std::vector<uint32_t>{0, 1}));
  ASSERT_EQ(plate.evidence.size(), 2u);
  EXPECT_EQ(plate.evidence[0].read_as, "");
  EXPECT_EQ(plate.evidence[1].read_as, "A1Z345");
  ASSERT_EQ(plate.merged.size(), 1u);
  EXPECT_EQ(plate.merged[0].read_as, "A1Z345");
  EXPECT_EQ(plate.merged[0].visits, std::vector<uint32_t>{1});
  EXPECT_EQ(plate.merged[0].readings, 1u);
  EXPECT_EQ(plate.merged[0].plate_readings, 2u);
  EXPECT_EQ(plate.merged[0].agreed, (std::vector<Attribute>{{"color", "red"}}));

  EXPECT_TRUE(Ask(false).plates.empty());
}

TEST_F(CommonPlatesTest, AnotherVehicleIsNotMerged) {
  AddStrangers();
  Pass("A12345", "first", kNoon + 60'000);
  Pass("A1Z345", "second", kNoon + kMillisecondsPerDay + 60'000, "blue");
  // Four readings: a plate of its own.
  Pass("B12345", "first", kNoon + 70'000);
  for (int64_t i = 0; i < 4; ++i) {
    Pass("BI2345", "second", kNoon + kMillisecondsPerDay + i * 60'000);
  }
  for (int64_t i = 0; i < 5; ++i) Pass("B12345", "elsewhere", kNoon + 7'200'000 + i * 60'000);
  EXPECT_TRUE(Ask().plates.empty());
}

TEST_F(CommonPlatesTest, WhereStrangersAreNearEachOtherPresenceIsLessSurprising) {
  AddStrangers();
  Pass("A12345", "first", kNoon + 60'000);
  Pass("A12345", "second", kNoon + kMillisecondsPerDay + 60'000);
  EXPECT_EQ(Ask().plates.front().chances, Ask(false).plates.front().chances);
  for (int i = 0; i < 30; ++i) {
    const std::string number = std::to_string(1000 + i * 111);
    Pass("N" + number, "first", kNoon + i * 1000, "red");
    Pass("M" + number, "second", kNoon + kMillisecondsPerDay + i * 1000, "blue");
  }
  const CommonPlatesAnswer answer = Ask();
  ASSERT_EQ(answer.plates.size(), 1u);
  const CommonPlate merged = answer.plates.front();
  const CommonPlate apart = Ask(false).plates.front();
  // Of two read as often the first in byte order is the plate: N... are the strings at the first
  // scene. As often as the 30 pairs look different, strangers of one color among a few look alike.
  EXPECT_GT(merged.chances[0], apart.chances[0] + 0.01);
  EXPECT_LT(merged.chances[0], apart.chances[0] + 0.2);
  EXPECT_GT(merged.p_value, apart.p_value);
}

}  // namespace
}  // namespace sightline::query
