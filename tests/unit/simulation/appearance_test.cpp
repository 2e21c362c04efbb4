#include "simulation/appearance.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "simulation/vehicle_models.h"
#include "tests/unit/simulation/vector_hardness.h"

namespace sightline::simulation {
namespace {

constexpr size_t kCameras = 200;

double Distance(const std::string& a, const std::string& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<unsigned char>(a[i]) - static_cast<unsigned char>(b[i]);
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

Looks LooksOf(uint32_t vehicle) {
  Random random(9, Stream::kVehicle, {vehicle});
  const uint16_t model = DrawModel(random, kPassengerTypes);
  return {vehicle, model, static_cast<uint8_t>(VehicleModels()[model].type), DrawColor(random)};
}

// `vehicles` seen at random cameras and lights, one after another.
std::vector<std::string> Seen(const AppearanceModel& model, size_t readings, uint32_t vehicles) {
  Random random(1);
  std::vector<std::string> vectors(readings);
  for (size_t i = 0; i < readings; ++i) {
    model.Draw(LooksOf(static_cast<uint32_t>(i) % vehicles),
               {random.Below(kCameras), random.Uniform(-1, 1)}, random, vectors[i]);
  }
  return vectors;
}

TEST(Appearance, VectorsHaveTheBytesOfTheirSpace) {
  for (const AppearanceScales& scales : {kVehicleSpace, kDetailSpace}) {
    const AppearanceModel model(1, scales, kCameras);
    EXPECT_EQ(Seen(model, 1, 1)[0].size(), static_cast<size_t>(scales.bytes));
  }
}

TEST(Appearance, IdentitiesLieWithinModelsWithinTypes) {
  for (const AppearanceScales& scales : {kVehicleSpace, kDetailSpace}) {
    SCOPED_TRACE(scales.bytes);
    const AppearanceModel model(1, scales, kCameras);
    Random random(3);
    const auto mean = [&](const Looks& a, const Looks& b) {
      double sum = 0;
      constexpr int kPairs = 300;
      for (int i = 0; i < kPairs; ++i) {
        std::string first;
        std::string second;
        // The identities change from pair to pair, what they share does not.
        Looks x = a;
        Looks y = b;
        x.vehicle += static_cast<uint32_t>(i) * 10;
        y.vehicle += static_cast<uint32_t>(i) * 10;
        model.Draw(x, {random.Below(kCameras), random.Uniform(-1, 1)}, random, first);
        model.Draw(y, {random.Below(kCameras), random.Uniform(-1, 1)}, random, second);
        sum += Distance(first, second) / kPairs;
      }
      return sum;
    };
    const Looks car{0, 0, 0, 0};
    const double same = mean(car, car);
    const double same_look = mean(car, {1, 0, 0, 0});
    const double same_type = mean(car, {1, 1, 0, 0});
    const double other = mean(car, {1, 60, 1, 3});
    EXPECT_LT(same * 1.5, same_look);
    EXPECT_LT(same_look * 1.1, same_type);
    EXPECT_LT(same_type, other);
  }
}

TEST(Appearance, SomeReadingsAreOutliers) {
  const AppearanceModel model(1, kVehicleSpace, kCameras);
  Random random(3);
  std::string usual;
  model.Draw(LooksOf(1), {0, 0}, random, usual);
  int far = 0;
  constexpr int kReadings = 3'000;
  std::vector<double> distances;
  for (int i = 0; i < kReadings; ++i) {
    std::string vector;
    model.Draw(LooksOf(1), {0, 0}, random, vector);
    distances.push_back(Distance(usual, vector));
  }
  std::vector<double> sorted = distances;
  std::ranges::sort(sorted);
  const double median = sorted[sorted.size() / 2];
  for (const double distance : distances) far += distance > 1.7 * median;
  EXPECT_GT(far, kReadings / 200);
  EXPECT_LT(far, kReadings / 25);
}

std::vector<std::string> ReadBvecs(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::string> vectors;
  int32_t size = 0;
  while (file.read(reinterpret_cast<char*>(&size), sizeof(size))) {
    std::string vector(static_cast<size_t>(size), '\0');
    file.read(vector.data(), size);
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

// The yardstick: 10,000 SIFT descriptors against one reading of each of 10,000 vehicles.
TEST(Appearance, IsAsHardToSearchAsRealDescriptors) {
  const char* root = std::getenv("SIGHTLINE_TEST_DATA");
  const std::filesystem::path folder =
      root != nullptr ? root : std::filesystem::path(SIGHTLINE_SOURCE_DIR) / "../shared/data";
  const std::filesystem::path path = folder / "bigann10k/bigann10k_base.bvecs";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no real data at " << path;
  constexpr size_t kQueries = 300;
  const std::vector<std::string> real = ReadBvecs(path);
  const AppearanceModel model(1, kVehicleSpace, kCameras);
  const std::vector<std::string> made = Seen(model, real.size(), 1'000'000);
  const Hardness wanted = MeasureHardness(real, kQueries);
  const Hardness got = MeasureHardness(made, kQueries);
  fmt::print("bigann10k\n{}simulated\n{}", Describe(wanted), Describe(got));
  constexpr size_t kMedian = 2;
  EXPECT_NEAR(got.d1_to_d10[kMedian], wanted.d1_to_d10[kMedian], 0.03);
  EXPECT_NEAR(got.d10_to_d100[kMedian], wanted.d10_to_d100[kMedian], 0.03);
  EXPECT_NEAR(got.d10_to_mean[kMedian], wanted.d10_to_mean[kMedian], 0.05);
  EXPECT_NEAR(got.dimension20[kMedian], wanted.dimension20[kMedian], 3);
  EXPECT_NEAR(got.dimension100[kMedian], wanted.dimension100[kMedian], 3);
  // Easy and hard queries, too.
  for (const size_t at : {size_t{0}, size_t{4}}) {
    EXPECT_NEAR(got.dimension100[at], wanted.dimension100[at], 5);
  }
}

}  // namespace
}  // namespace sightline::simulation
