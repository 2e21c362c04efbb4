#include "simulation/camera_network.h"

#include <gtest/gtest.h>

#include <set>

#include "simulation/city.h"

namespace sightline::simulation {
namespace {

SimulationOptions WithCameras(int cameras) {
  SimulationOptions options;
  options.cameras = cameras;
  return options;
}

TEST(CameraNetwork, HasItsShareOfEveryFault) {
  SimulationOptions options = WithCameras(400);
  options.wrong_clock = 0.05;
  options.wrong_position = 0.02;
  options.mobile = 0.03;
  const City city = City::Build(options).value();
  int clocks = 0;
  int positions = 0;
  int mobile = 0;
  std::set<std::string> ids;
  double misreads = 0;
  for (const CityCamera& camera : city.cameras.cameras()) {
    ids.insert(camera.registered.id);
    clocks += camera.wrong_clock();
    positions += camera.wrong_position;
    mobile += camera.mobile;
    misreads += camera.misread_factor / 400;
    EXPECT_EQ(camera.registered.location.has_value(), !camera.mobile);
    EXPECT_EQ(camera.registered.kind == CameraKind::kMobile, camera.mobile);
    EXPECT_FALSE(camera.registered.name.empty());
    if (camera.mobile) continue;
    const double off = GreatCircleDistance(*camera.registered.location, camera.true_position).value;
    if (camera.wrong_position) {
      EXPECT_GT(off, 2'000);
      EXPECT_LT(off, 20'000);
    } else {
      EXPECT_EQ(off, 0);
    }
  }
  EXPECT_EQ(ids.size(), 400u);
  EXPECT_NEAR(clocks, 20, 1);
  EXPECT_NEAR(positions, 8, 2);
  EXPECT_NEAR(mobile, 12, 1);
  EXPECT_NEAR(misreads, 1, 0.15);
}

TEST(CameraNetwork, ClocksShowTheirError) {
  CityCamera camera;
  EXPECT_EQ(camera.Shown(5 * kHour), 5 * kHour);
  camera.clock_offset_ms = -7'000;
  EXPECT_EQ(camera.Shown(5 * kHour), 5 * kHour - 7'000);
  camera.clock_drift_ms_per_day = 1'440;  // a millisecond a minute
  EXPECT_EQ(camera.Shown(5 * kHour), 5 * kHour - 7'000 + 300);
  EXPECT_TRUE(camera.wrong_clock());
}

TEST(CameraNetwork, EveryFixedCameraLooksAtAnEdgeInTheOrderOfDriving) {
  const City city = City::Build(WithCameras(300)).value();
  std::set<uint32_t> looking;
  for (uint32_t edge = 0; edge < city.roads->edges().size(); ++edge) {
    float before = 0;
    for (const EdgeCamera& watch : city.cameras.OnEdge(edge)) {
      looking.insert(watch.camera);
      EXPECT_GE(watch.share, before);
      EXPECT_LE(watch.share, 1);
      before = watch.share;
    }
  }
  for (uint32_t i = 0; i < 300; ++i) {
    EXPECT_NE(looking.contains(i), city.cameras.camera(i).mobile) << i;
  }
}

TEST(CameraNetwork, MobileCamerasMoveAndAreWhereTheyAreSaidToBe) {
  SimulationOptions options = WithCameras(100);
  options.mobile = 0.05;
  const City city = City::Build(options).value();
  for (uint32_t i = 0; i < 100; ++i) {
    if (!city.cameras.camera(i).mobile) continue;
    std::set<std::pair<double, double>> places;
    for (CityTime time = 0; time < 5 * kCityDay; time += kHour) {
      const Position place = city.cameras.MobilePosition(i, time);
      places.insert({place.lon, place.lat});
      size_t edges = 0;
      for (uint32_t edge = 0; edge < city.roads->edges().size(); ++edge) {
        if (city.cameras.MobileAt(edge, time) != i) continue;
        ++edges;
        EXPECT_EQ(city.roads->position(city.roads->edge(edge).to), place);
      }
      EXPECT_EQ(edges, 1u);
    }
    EXPECT_GT(places.size(), 2u);
  }
}

TEST(CameraNetwork, RefusesMoreCamerasThanTheRoadsHaveRoomFor) {
  SimulationOptions options = WithCameras(60);
  const City city = City::Build(options).value();
  options.cameras = 20'000;
  const auto network = CameraNetwork::Place(*city.roads, options);
  ASSERT_FALSE(network);
  EXPECT_EQ(network.error().field, "cameras");
}

}  // namespace
}  // namespace sightline::simulation
