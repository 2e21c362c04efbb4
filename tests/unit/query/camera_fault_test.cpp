// Clocks and places that a test has set wrong, and what is found of them.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "query/camera_fault_search.h"
#include "tests/unit/query/watched_grid.h"

namespace sightline::query {
namespace {

using testing::kGridStart;
using testing::WatchedGrid;

constexpr int kVehicles = 250;
constexpr int kDays = 5;
constexpr double kTolerance = 2;

CameraFaults Find(const WatchedGrid& grid) {
  return FindCameraFaults(grid.Drive(kVehicles, kDays), TravelBound(), Cancellation()).value();
}

TimestampMs AfterDays(double days) {
  return kGridStart + std::llround(days * kMillisecondsPerDay);
}

void ExpectClock(const CameraFaults& faults, uint32_t camera, double days, double offset_s) {
  SCOPED_TRACE("camera " + std::to_string(camera) + " after days: " + std::to_string(days));
  ASSERT_TRUE(faults.contains(camera));
  const CameraFault& fault = faults.at(camera);
  ASSERT_EQ(fault.kind, CameraFault::Kind::kClock);
  EXPECT_NEAR(fault.OffsetAt(AfterDays(days) + std::llround(offset_s * 1'000)), offset_s,
              kTolerance);
}

TEST(CameraFaults, NothingIsWrongWhereClocksAreRight) {
  for (const uint64_t seed : {1, 2, 3, 4}) {
    SCOPED_TRACE(seed);
    for (const auto& [camera, fault] : Find(WatchedGrid(seed))) {
      ADD_FAILURE() << "camera " << camera << ": " << fault.offset_s << " s";
    }
  }
}

TEST(CameraFaults, AnOffsetOfSecondsOrHoursIsFoundWithinTwoSeconds) {
  const double offsets[] = {15, -15, 28, -45, 90, -200, 650, -1'500, 3'600, -7'200};
  uint64_t seed = 10;
  for (const double offset_s : offsets) {
    SCOPED_TRACE(offset_s);
    WatchedGrid grid(++seed);
    const auto camera =
        static_cast<uint32_t>(seed * 11 % (WatchedGrid::kSide * WatchedGrid::kSide));
    grid.SetClock(camera, offset_s);
    const CameraFaults faults = Find(grid);
    EXPECT_EQ(faults.size(), 1u);
    ExpectClock(faults, camera, kDays, offset_s);
  }
}

TEST(CameraFaults, OneThatDriftsIsFoundWhereItStandsAtTheEnd) {
  uint64_t seed = 30;
  for (const double drift : {25.0, -25.0, 5.0}) {
    for (const double offset_s : {20.0, -300.0}) {
      SCOPED_TRACE(::testing::Message() << offset_s << " s, " << drift << " s a day");
      WatchedGrid grid(++seed);
      grid.SetClock(24, [=](double days) { return offset_s + drift * days; });
      const CameraFaults faults = Find(grid);
      EXPECT_EQ(faults.size(), 1u);
      for (const double days : {0.5, 2.5, 5.0}) {
        ExpectClock(faults, 24, days, offset_s + drift * days);
      }
    }
  }
}

TEST(CameraFaults, NeighboursThatAreBothWrongAreToldApart) {
  WatchedGrid grid(50);
  grid.SetClock(23, 40);
  grid.SetClock(24, -35);
  grid.SetClock(25, 900);
  const CameraFaults faults = Find(grid);
  EXPECT_EQ(faults.size(), 3u);
  ExpectClock(faults, 23, kDays, 40);
  ExpectClock(faults, 24, kDays, -35);
  ExpectClock(faults, 25, kDays, 900);
}

TEST(CameraFaults, WhereVehiclesPassOneWayOnlyALargerOffsetIsFound) {
  for (const double offset_s : {-50.0, 400.0}) {
    SCOPED_TRACE(offset_s);
    WatchedGrid grid(60);
    grid.SeeOnlyEastbound(24);
    grid.SetClock(24, offset_s);
    const CameraFaults faults = Find(grid);
    EXPECT_EQ(faults.size(), 1u);
    ASSERT_TRUE(faults.contains(24));
    EXPECT_EQ(faults.at(24).kind, CameraFault::Kind::kClock);
    EXPECT_NEAR(faults.at(24).OffsetAt(AfterDays(kDays)), offset_s, 6);
  }
}

TEST(CameraFaults, ACameraRegisteredElsewhereIsMisplacedNotLate) {
  WatchedGrid grid(70);
  grid.Register(24, {0.06, 0.05});
  const CameraFaults faults = Find(grid);
  EXPECT_EQ(faults.size(), 1u);
  ASSERT_TRUE(faults.contains(24));
  EXPECT_EQ(faults.at(24).kind, CameraFault::Kind::kPosition);
  ASSERT_TRUE(faults.at(24).place.has_value());
  EXPECT_LT(GreatCircleDistance(*faults.at(24).place, WatchedGrid::PlaceOf(24)).value, 300);
}

}  // namespace
}  // namespace sightline::query
