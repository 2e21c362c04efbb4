// Held against the truth of a simulated city: what is called impossible, and where trips end.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "query/trips.h"
#include "tests/unit/query/travelled_city.h"

namespace sightline::query {
namespace {

using testing::TravelledCity;
using testing::TravelOptions;
using testing::TravelReading;

class TravelledCityTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    city_ = std::make_unique<TravelledCity>(TravelOptions(1'500, 200, 4, 7));
    for (const auto& [plate, readings] : city_->plates()) {
      for (const TravelReading& one : readings) {
        if (!one.misread && !one.camera_at_fault) of_vehicle_[one.vehicle].push_back(&one);
      }
    }
    for (auto& [vehicle, readings] : of_vehicle_) {
      std::ranges::stable_sort(readings, {},
                               [](const TravelReading* one) { return one->reading.time; });
    }
    learned_ = city_->LearnUpTo(city_->last_day());
  }
  static void TearDownTestSuite() {
    of_vehicle_.clear();
    learned_.reset();
    city_.reset();
  }

  // How many pairs of one vehicle's readings, each with the next four, the model calls impossible.
  static size_t FalseAlarms(const TravelTimes& model, Day after, size_t& pairs) {
    size_t alarms = 0;
    for (const auto& [vehicle, readings] : of_vehicle_) {
      for (size_t i = 0; i < readings.size(); ++i) {
        for (size_t j = i + 1; j < std::min(readings.size(), i + 5); ++j) {
          if (readings[i]->reading.day() <= after) continue;
          ++pairs;
          alarms += model.Judge(readings[i]->reading, readings[j]->reading).possible ? 0 : 1;
        }
      }
    }
    return alarms;
  }

  // The share of true trips that are cut out exactly.
  static double TripsFound(const TravelTimes& model) {
    size_t trips = 0;
    size_t found = 0;
    for (const auto& [vehicle, of_one] : of_vehicle_) {
      std::vector<PlateReading> readings;
      for (const TravelReading* one : of_one) readings.push_back(one->reading);
      const std::vector<TripRange> cut = CutIntoTrips(readings, model);
      for (size_t begin = 0, end = 0; begin < of_one.size(); begin = end) {
        while (end < of_one.size() && of_one[end]->trip == of_one[begin]->trip) ++end;
        ++trips;
        found += std::ranges::count(cut, TripRange{begin, end});
      }
    }
    return static_cast<double>(found) / static_cast<double>(trips);
  }

  static inline std::unique_ptr<TravelledCity> city_;
  static inline std::map<uint32_t, std::vector<const TravelReading*>> of_vehicle_;
  static inline std::shared_ptr<const TravelTimes> learned_;
};

TEST_F(TravelledCityTest, NoHonestVehicleIsCalledImpossible) {
  size_t pairs = 0;
  EXPECT_LE(FalseAlarms(*learned_, Day{0}, pairs), 1u);
  EXPECT_GT(pairs, 400'000u);
}

TEST_F(TravelledCityTest, NorIsOneOnADayThatTheModelDoesNotKnow) {
  const Day learned_to{static_cast<uint16_t>(city_->first_day().number + 1)};
  size_t pairs = 0;
  EXPECT_LE(FalseAlarms(*city_->LearnUpTo(learned_to), learned_to, pairs), 1u);
  EXPECT_GT(pairs, 100'000u);
}

TEST_F(TravelledCityTest, VehiclesOfOnePlateAreToldApartAtLeastAsOftenAsByTheBound) {
  const auto bound = UnlearnedTravelTimes(learned_->bound());
  size_t by_bound = 0;
  size_t by_learned = 0;
  for (const auto& [plate, readings] : city_->plates()) {
    std::set<uint32_t> vehicles;
    for (const TravelReading& one : readings) {
      if (!one.misread) vehicles.insert(one.vehicle);
    }
    if (vehicles.size() < 2) continue;
    for (size_t i = 1; i < readings.size(); ++i) {
      const PlateReading& a = readings[i - 1].reading;
      const PlateReading& b = readings[i].reading;
      by_bound += bound->Judge(a, b).possible ? 0 : 1;
      by_learned += learned_->Judge(a, b).possible ? 0 : 1;
    }
  }
  EXPECT_GT(by_learned, by_bound);
}

TEST_F(TravelledCityTest, TripsAreTheSimulatorsInNineteenOfTwenty) {
  EXPECT_GE(TripsFound(*learned_), 0.95);
}

}  // namespace
}  // namespace sightline::query
