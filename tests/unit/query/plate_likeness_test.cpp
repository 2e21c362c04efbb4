// plate_like against populations of plates whose cameras confuse what the shipped model expects, or
// something else: what is found, what comes first, and whether probabilities are true.
#include <gtest/gtest.h>

#include "tests/unit/query/misread_city.h"

namespace sightline::testing {
namespace {

struct City {
  const char* name;
  MisreadCityOptions options;
};

City Make(const char* name, uint64_t seed, void (*change)(MisreadCityOptions&)) {
  City city{name, {}};
  city.options.seed = seed;
  city.options.plates = 4'000;
  change(city.options);
  return city;
}

std::ostream& operator<<(std::ostream& out, const City& city) { return out << city.name; }

double Share(size_t part, size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

class PlateLikeness : public ::testing::TestWithParam<City> {};

TEST_P(PlateLikeness, ATruePlateComesFirstAndItsProbabilitiesAreTrue) {
  const MisreadCity city(GetParam().options);
  const auto questions = AskExactly(city, 100, 11);
  for (const Judge judge : {Judge::kPlate, Judge::kRow}) {
    const LikenessQuality quality =
        Ask(city, questions, 2, query::PlateReadingModel::Default(), judge);
    EXPECT_GE(Share(quality.found, quality.questions), 0.99);
    EXPECT_GE(Share(quality.first, quality.questions), 0.98);
    EXPECT_LT(quality.calibration_error, 0.01);
    EXPECT_LT(quality.brier, 0.01);
  }
}

TEST_P(PlateLikeness, LearningFindsTheRightPlateOfAMisreadAmongTheFirstThree) {
  const MisreadCity city(GetParam().options);
  const auto questions = AskMisreads(city, 120, 2, 12);
  const LikenessQuality before =
      Ask(city, questions, 2, query::PlateReadingModel::Default(), Judge::kPlate);
  const LikenessQuality after = Ask(city, questions, 2, LearnFrom(city), Judge::kPlate);
  EXPECT_EQ(after.found, after.questions);
  EXPECT_GE(Share(after.first_three, after.questions), 0.95);
  EXPECT_LT(after.brier, std::max(0.03, before.brier));
  EXPECT_LT(after.calibration_error, 0.09);
}

TEST_P(PlateLikeness, TheLearnedMisreadRateIsTheTrueOne) {
  const MisreadCity city(GetParam().options);
  double misreads = 0;
  for (const CityReading& reading : city.readings()) misreads += reading.read != reading.truth;
  const double truth = misreads / static_cast<double>(city.readings().size());
  EXPECT_NEAR(LearnFrom(city)->MisreadRate() / truth, 1, 0.25);
}

INSTANTIATE_TEST_SUITE_P(
    Cities, PlateLikeness,
    ::testing::Values(
        Make("AsShipped", 1, [](auto& o) { o.confusions = Confusions::kShipped; }),
        Make("PartlyOther", 2, [](auto&) {}),
        Make("UnheardOf", 3, [](auto& o) { o.confusions = Confusions::kUnheardOf; }),
        Make("ManyMisreads", 4, [](auto& o) { o.misread_rate = 0.08; }),
        Make("FewMisreads", 5, [](auto& o) { o.misread_rate = 0.008; }),
        Make("BadCameras", 6, [](auto& o) { o.camera_shape = 0.3; }),
        Make("ManyTwins", 7, [](auto& o) { o.twins = 0.3; }),
        Make("Losses", 8, [](auto& o) { o.kinds = {0.6, 0.25, 0.15}; })),
    [](const auto& city) { return std::string(city.param.name); });

}  // namespace
}  // namespace sightline::testing
