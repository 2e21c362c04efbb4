// Trips from zone to zone, and speeds from camera to camera.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "query/sample_quantiles.h"
#include "query/segment_speeds.h"
#include "query/trip_flows.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kMorning{int64_t{17'065} * kMillisecondsPerDay + 8 * 3'600'000};

// Cameras c0, c1, ... stand 1,112 m apart on the equator.
class TrafficTest : public ::testing::Test {
 protected:
  void Pass(const std::string& plate, int camera, int64_t second) {
    Sighting sighting;
    sighting.camera_id = "c" + std::to_string(camera);
    sighting.time = kMorning + second * 1000;
    sighting.plate = sighting.plate_read = plate;
    sighting.location = Position{camera * 0.01, 0};
    filled_.Add({sighting});
  }

  Result<FlowAnswer> Flows(FlowRequest request) {
    return CountTripFlows(sources_, *travel_times_, request, {});
  }
  std::vector<SpeedRow> Speeds(SpeedRequest request) {
    request.min_count = 1;
    return MeasureSegmentSpeeds(sources_, *travel_times_, request, {}).value().rows;
  }

  FilledStore filled_{StoreKind::kMemory};
  ColumnsBeside columns_{filled_.store(), ColumnsKind::kIndex};
  const Sources sources_{.store = filled_.store(), .columns = columns_.get()};
  const std::shared_ptr<const TravelTimes> travel_times_ = UnlearnedTravelTimes({});
  const TimeZone zone_ = TimeZone::Named("UTC").value();
};

TEST_F(TrafficTest, ATripCountsFromItsFirstZoneToItsLast) {
  Pass("A", 0, 0);
  Pass("A", 1, 100);
  Pass("A", 2, 200);
  Pass("A", 0, 20'000);  // hours later: another trip, and back
  Pass("A", 2, 20'300);
  Pass("B", 0, 50);
  Pass("B", 2, 350);
  Pass("C", 0, 60);  // no trip
  const FlowAnswer answer = Flows({.zone = zone_}).value();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.rows[0].origin, "c0");
  EXPECT_EQ(answer.rows[0].destination, "c2");
  EXPECT_EQ(answer.rows[0].trips, 3u);
  EXPECT_EQ(answer.rows[0].distinct_plates, 2u);
  EXPECT_EQ(answer.rows[0].median_s, 300);
  EXPECT_EQ(answer.trips, 3u);
  EXPECT_EQ(answer.trips_too_short, 1u);
}

TEST_F(TrafficTest, TheFirstZoneThatHasAReadingIsItsZone) {
  Pass("A", 0, 0);
  Pass("A", 1, 100);
  Pass("B", 1, 0);
  Pass("B", 5, 500);
  const Area around_c0_and_c1{
      {{{{-0.005, -1}, {0.015, -1}, {0.015, 1}, {-0.005, 1}, {-0.005, -1}}}}};
  const FlowAnswer answer = Flows({.zones = {{"one", {"c1"}, std::nullopt},
                                             {"both", {}, around_c0_and_c1}},
                                   .zone = zone_})
                                .value();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.rows[0].origin, "both");
  EXPECT_EQ(answer.rows[0].destination, "one");
  EXPECT_EQ(answer.rows[1].origin, "one");
  EXPECT_EQ(answer.rows[1].destination, std::nullopt) << "c5 is in no zone";
}

TEST_F(TrafficTest, WindowsThatAdjoinShareTheTripsBetweenThem) {
  Pass("A", 0, 0);
  Pass("A", 1, 100);
  Pass("A", 2, 200);
  Pass("B", 0, 120);
  Pass("B", 1, 220);
  const TimestampMs between = kMorning + 110'000;
  const FlowAnswer before =
      Flows({.time = {kMorning - 1000, between}, .zone = zone_}).value();
  ASSERT_EQ(before.rows.size(), 1u);
  EXPECT_EQ(before.rows[0].destination, "c2") << "followed to its end";
  const FlowAnswer after = Flows({.time = {between, kMorning + 1'000'000}, .zone = zone_}).value();
  ASSERT_EQ(after.rows.size(), 1u) << "a trip under way does not depart again";
  EXPECT_EQ(after.rows[0].trips, 1u);
  EXPECT_EQ(after.rows[0].destination, "c1");
}

TEST_F(TrafficTest, FlowsAreCountedByDepartureAndBounded) {
  Pass("A", 0, 3'500);
  Pass("A", 1, 3'700);
  Pass("B", 0, 3'600);
  Pass("B", 1, 3'700);
  FlowRequest request{.units = {TimeUnit::kHourOfDay}, .zone = zone_};
  const FlowAnswer answer = Flows(request).value();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.rows[0].key, std::vector<CountRow::Value>{AttributeValue(int64_t{8})});
  EXPECT_EQ(answer.rows[1].key, std::vector<CountRow::Value>{AttributeValue(int64_t{9})});
  request.max_rows = 1;
  EXPECT_EQ(Flows(request).error().code, ErrorCode::kUnacceptable);
}

TEST_F(TrafficTest, SpeedsAreOfVehiclesThatDroveOn) {
  for (int vehicle = 0; vehicle < 5; ++vehicle) {
    const std::string plate = "A" + std::to_string(vehicle);
    Pass(plate, 0, vehicle);
    Pass(plate, 1, vehicle + 100 + vehicle * 10);
  }
  Pass("STOPPED", 0, 0);
  Pass("STOPPED", 1, 9'000);
  Pass("FLEW", 0, 0);
  Pass("FLEW", 1, 1);
  const std::vector<SpeedRow> rows = Speeds({.zone = zone_});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].from_camera, "c0");
  EXPECT_EQ(rows[0].to_camera, "c1");
  EXPECT_EQ(rows[0].count, 5u);
  EXPECT_DOUBLE_EQ(rows[0].median_s, 120);
  EXPECT_DOUBLE_EQ(rows[0].p15_s, 106);
  EXPECT_NEAR(rows[0].SpeedAt(rows[0].median_s)->value, 33.36, 0.01);
}

TEST_F(TrafficTest, SpeedsCanBeAskedOfOneWay) {
  for (const int camera : {0, 1, 2}) Pass("A", camera, camera * 100);
  EXPECT_EQ(Speeds({.zone = zone_}).size(), 2u);
  const std::vector<SpeedRow> out = Speeds({.from_camera = "c1", .zone = zone_});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].to_camera, "c2");
  EXPECT_EQ(Speeds({.from_camera = "c0", .to_camera = "c2", .zone = zone_}).size(), 0u)
      << "c1 came between";
  EXPECT_EQ(Speeds({.from_camera = "unknown", .zone = zone_}).size(), 0u);
}

TEST(SampleQuantiles, LieBetweenTheValuesAroundThem) {
  std::vector<float> sample = {4, 1, 3, 2};
  EXPECT_EQ(SampleQuantiles(sample, {0, 0.5, 1}), (std::vector<double>{1, 2.5, 4}));
  std::vector<float> one = {7};
  EXPECT_EQ(SampleQuantiles(one, {0.15, 0.85}), (std::vector<double>{7, 7}));
}

}  // namespace
}  // namespace sightline::query
