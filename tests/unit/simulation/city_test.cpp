#include "simulation/city.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "simulation/city_generator.h"
#include "simulation/population.h"

namespace sightline::simulation {
namespace {

TEST(CityGenerator, MakesRoomForItsCameras) {
  for (const int cameras : {1, 60, 500, 3'000}) {
    const RoadGraph graph = GenerateCity(1, cameras, PlateScheme::kChina).value();
    EXPECT_GT(graph.node_count(), static_cast<size_t>(cameras) * 2);
    std::array<size_t, kRoadClasses> by_class{};
    for (const Edge& edge : graph.edges()) {
      ++by_class.at(static_cast<size_t>(edge.road_class));
      EXPECT_LE(edge.speed_limit_kmh, kMaxSpeedLimitKmh);
      EXPECT_FALSE(graph.name(edge.name).empty());
    }
    for (const size_t edges : by_class) EXPECT_GT(edges, 0u);
  }
}

TEST(CityGenerator, TheSeedMakesTheCity) {
  const auto positions = [](uint64_t seed) {
    return GenerateCity(seed, 50, PlateScheme::kChina).value().positions();
  };
  EXPECT_EQ(positions(3), positions(3));
  EXPECT_NE(positions(3), positions(4));
}

TEST(Traffic, IsSlowestInTheRushHoursAndNeverAboveTheLimit) {
  const RoadGraph graph = GenerateCity(1, 50, PlateScheme::kChina).value();
  const Traffic traffic(graph, 1, 0);
  const auto mean = [&](CityTime time) {
    double sum = 0;
    for (uint32_t edge = 0; edge < graph.edges().size(); ++edge) {
      const double share = traffic.SpeedShare(edge, time);
      EXPECT_GT(share, 0.1);
      EXPECT_LE(share, 1);
      sum += share / static_cast<double>(graph.edges().size());
    }
    return sum;
  };
  EXPECT_LT(mean(8 * kHour), 0.8 * mean(3 * kHour));
  EXPECT_LT(mean(18 * kHour), 0.8 * mean(3 * kHour));
  // The first day is a Monday; on its Saturday there is no morning rush.
  EXPECT_EQ(traffic.Weekday(5 * kCityDay), 5);
  EXPECT_GT(mean(5 * kCityDay + 8 * kHour), 1.1 * mean(8 * kHour));
}

TEST(Traffic, LightsHoldBackAndLetGoTogether) {
  const RoadGraph graph = GenerateCity(1, 50, PlateScheme::kChina).value();
  const Traffic traffic(graph, 1, 0);
  size_t lights = 0;
  for (uint32_t edge = 0; edge < graph.edges().size(); ++edge) {
    std::set<CityTime> released;
    for (CityTime time = kHour; time < kHour + 2 * kMinute; time += kSecond) {
      const CityTime left = traffic.LeaveJunction(edge, time, 0);
      EXPECT_GE(left, time);
      EXPECT_LE(left, time + 2 * kMinute);
      if (left > time) released.insert(left);
    }
    if (released.empty()) continue;
    ++lights;
    EXPECT_LE(released.size(), 3u);  // all who waited for one green leave at its start
  }
  EXPECT_GT(lights, graph.edges().size() / 10);
}

class PopulationTest : public testing::Test {
 protected:
  static Population Of(SimulationOptions options) {
    const City city = City::Build(options).value();
    return Populate(options, city.places);
  }
};

TEST_F(PopulationTest, HasItsShareOfEveryKind) {
  SimulationOptions options;
  options.vehicles = 20'000;
  options.days = 5;
  options.clones = 0.01;
  options.convoy_vehicles = 0.03;
  const Population population = Of(options);
  std::array<int, kVehicleKinds> kinds{};
  int clones = 0;
  int same_model = 0;
  int in_convoys = 0;
  std::set<std::string> plates;
  for (const Vehicle& vehicle : population.vehicles) {
    ++kinds.at(static_cast<size_t>(vehicle.kind));
    EXPECT_NE(vehicle.home, vehicle.work);
    in_convoys += vehicle.convoy != kNobody;
    if (vehicle.copies == kNobody) {
      EXPECT_TRUE(plates.insert(vehicle.plate).second) << vehicle.plate;
      continue;
    }
    ++clones;
    const Vehicle& genuine = population.vehicles[vehicle.copies];
    EXPECT_EQ(genuine.plate, vehicle.plate);
    EXPECT_EQ(genuine.copies, kNobody);
    same_model += genuine.model == vehicle.model;
  }
  EXPECT_NEAR(clones, 200, 10);
  EXPECT_NEAR(same_model, 0.8 * clones, 0.08 * clones);
  EXPECT_NEAR(in_convoys, 600, 60);
  EXPECT_NEAR(kinds[static_cast<size_t>(VehicleKind::kCommuter)], 11'000, 300);
  EXPECT_NEAR(kinds[static_cast<size_t>(VehicleKind::kNight)], 600, 30);
  EXPECT_NEAR(kinds[static_cast<size_t>(VehicleKind::kVisitor)], 2'500, 60);
}

TEST_F(PopulationTest, MostClonesBeginAfterTheGenuineVehicle) {
  SimulationOptions options;
  options.vehicles = 20'000;
  options.days = 5;
  options.clones = 0.02;
  const Population population = Of(options);
  std::array<int, 5> begun{};
  int without_sticker = 0;
  for (const Vehicle& vehicle : population.vehicles) {
    if (vehicle.copies == kNobody) continue;
    ++begun.at(vehicle.first_day);
    without_sticker += !vehicle.sticker;
    EXPECT_EQ(population.vehicles[vehicle.copies].first_day, 0);
  }
  EXPECT_NEAR(begun[0], 0.15 * 400, 25);
  for (size_t day = 1; day < begun.size(); ++day) EXPECT_NEAR(begun[day], 85, 35) << day;
  EXPECT_NEAR(without_sticker, 0.5 * 400, 40);
}

TEST_F(PopulationTest, AVehicleIsTheSameHoweverManyOthersThereAre) {
  SimulationOptions options;
  options.vehicles = 3'000;
  const Population many = Of(options);
  options.vehicles = 700;
  const Population few = Of(options);
  for (size_t i = 0; i < few.vehicles.size(); ++i) {
    EXPECT_EQ(few.vehicles[i].plate, many.vehicles[i].plate);
    EXPECT_EQ(few.vehicles[i].home, many.vehicles[i].home);
    EXPECT_EQ(few.vehicles[i].model, many.vehicles[i].model);
    EXPECT_EQ(few.vehicles[i].copies, many.vehicles[i].copies);
    EXPECT_EQ(few.vehicles[i].convoy, many.vehicles[i].convoy);
  }
}

}  // namespace
}  // namespace sightline::simulation
