#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "query/sighting_search.h"

namespace sightline::query {
namespace {

Sighting Reading() {
  Sighting sighting;
  sighting.camera_id = "K-0012";
  sighting.time = {1'474'424'556'120};
  sighting.plate = "京N6UT45";
  sighting.location = Position{116.33, 39.99};
  sighting.attributes = {
      {"brand", "Audi"}, {"color", "silver"}, {"doors", int64_t{4}}, {"length", 4.5}, {"roof", true}};
  return sighting;
}

Area::Ring Square(double west, double south, double east, double north) {
  return {{west, south}, {east, south}, {east, north}, {west, north}, {west, south}};
}

struct MatchCase {
  std::string name;
  Filter filter;
  bool passes;
};

void PrintTo(const MatchCase& c, std::ostream* out) { *out << c.name; }

class MatchesTest : public ::testing::TestWithParam<MatchCase> {};

TEST_P(MatchesTest, DecidesAsDocumented) {
  EXPECT_EQ(Matches(GetParam().filter, Reading()), GetParam().passes);
}

INSTANTIATE_TEST_SUITE_P(
    Members, MatchesTest,
    ::testing::Values(
        MatchCase{"EmptyFilter", {}, true},
        MatchCase{"TimeFromIsInside", {.time = {{1'474'424'556'120}, {1'474'424'556'121}}}, true},
        MatchCase{"TimeToIsOutside", {.time = {{0}, {1'474'424'556'120}}}, false},
        MatchCase{"EmptyInterval", {.time = {{1'474'424'556'120}, {1'474'424'556'120}}}, false},
        MatchCase{"WholePlate", {.plate_pattern = "京N6UT45"}, true},
        MatchCase{"PlatePattern", {.plate_pattern = "京?6*5"}, true},
        MatchCase{"PartOfAPlate", {.plate_pattern = "京N6"}, false},
        MatchCase{"OtherPlate", {.plate_pattern = "京N6UT46"}, false},
        MatchCase{"ThePlateItself", {.plate_like = PlateLike{"京N6UT45", 0}}, true},
        MatchCase{"AnUnknownCharacter", {.plate_like = PlateLike{"京?6UT45", 0}}, true},
        MatchCase{"OneCharacterChanged", {.plate_like = PlateLike{"津N6UT45", 1}}, true},
        MatchCase{"OneCharacterTooMany", {.plate_like = PlateLike{"京N6UT455", 1}}, true},
        MatchCase{"OneCharacterLost", {.plate_like = PlateLike{"N6UT45", 1}}, true},
        MatchCase{"MoreDifferencesThanAllowed", {.plate_like = PlateLike{"津N6UT46", 1}}, false},
        MatchCase{"NotExactlyThePlate", {.plate_like = PlateLike{"津N6UT45", 0}}, false},
        MatchCase{"NearButNotThePattern",
                  {.plate_pattern = "津*", .plate_like = PlateLike{"京N6UT45", 1}},
                  false},
        MatchCase{"ItsCamera", {.cameras = {{"K-0017", "K-0012", "A"}}}, true},
        MatchCase{"OtherCameras", {.cameras = {{"K-0017", "K-001"}}}, false},
        MatchCase{"NoCamera", {.cameras = std::vector<std::string>{}}, false},
        MatchCase{"Near", {.near = Circle{{116.33, 39.99}, {0}}}, true},
        MatchCase{"TooFar", {.near = Circle{{116.33, 40.0}, {1111}}}, false},
        MatchCase{"JustNearEnough", {.near = Circle{{116.33, 40.0}, {1112}}}, true},
        MatchCase{"NearAndElsewhere",
                  {.area = Area{{{Square(0, 0, 1, 1)}}}, .near = Circle{{116.33, 39.99}, {10}}},
                  false}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Attributes, MatchesTest,
    ::testing::Values(
        MatchCase{"OneOfTheValues", {.attributes = {{"color", {"gray", "silver"}}}}, true},
        MatchCase{"NoneOfTheValues", {.attributes = {{"color", {"gray", "Silver"}}}}, false},
        MatchCase{"EveryName",
                  {.attributes = {{"color", {"silver"}}, {"brand", {"Audi"}}}},
                  true},
        MatchCase{"OneNameFails",
                  {.attributes = {{"color", {"silver"}}, {"brand", {"BMW"}}}},
                  false},
        MatchCase{"Missing", {.attributes = {{"colour", {"silver"}}}}, false},
        MatchCase{"NoValues", {.attributes = {{"color", {}}}}, false},
        MatchCase{"IntegerAsFraction", {.attributes = {{"doors", {4.0}}}}, true},
        MatchCase{"OtherFraction", {.attributes = {{"doors", {4.5}}}}, false},
        MatchCase{"FractionAsInteger", {.attributes = {{"length", {int64_t{4}}}}}, false},
        MatchCase{"Fraction", {.attributes = {{"length", {4.5}}}}, true},
        MatchCase{"NotANumber",
                  {.attributes = {{"doors", {std::numeric_limits<double>::quiet_NaN()}}}},
                  false},
        MatchCase{"Boolean", {.attributes = {{"roof", {true}}}}, true},
        MatchCase{"BooleanIsNoNumber", {.attributes = {{"roof", {int64_t{1}}}}}, false},
        MatchCase{"NumberIsNoText", {.attributes = {{"doors", {"4"}}}}, false}),
    [](const auto& test) { return test.param.name; });

TEST(Matches, LargeNumbersAreNotRounded) {
  Sighting sighting = Reading();
  sighting.attributes = {{"n", (int64_t{1} << 53) + 1}};
  EXPECT_FALSE(Matches({.attributes = {{"n", {0x1p53}}}}, sighting));
  sighting.attributes = {{"n", int64_t{1} << 53}};
  EXPECT_TRUE(Matches({.attributes = {{"n", {0x1p53}}}}, sighting));
  sighting.attributes = {{"n", std::numeric_limits<int64_t>::max()}};
  EXPECT_FALSE(Matches({.attributes = {{"n", {0x1p63}}}}, sighting));
  sighting.attributes = {{"n", std::numeric_limits<int64_t>::min()}};
  EXPECT_TRUE(Matches({.attributes = {{"n", {-0x1p63}}}}, sighting));
}

TEST(Matches, AnUnreadPlatePassesNoPattern) {
  Sighting sighting = Reading();
  sighting.plate.clear();
  EXPECT_FALSE(Matches({.plate_pattern = "*"}, sighting));
  EXPECT_TRUE(Matches({}, sighting));
}

TEST(Matches, ASightingWithoutAPlaceFailsSpatialFiltersOnly) {
  Sighting sighting = Reading();
  sighting.location.reset();
  EXPECT_FALSE(Matches({.area = Area{{{Square(-180, -90, 180, 90)}}}}, sighting));
  EXPECT_FALSE(Matches({.near = Circle{{116.33, 39.99}, {3e7}}}, sighting));
  EXPECT_TRUE(Matches({.plate_pattern = "京N6UT45", .attributes = {{"color", {"silver"}}}}, sighting));
}

struct PlaceCase {
  std::string name;
  Position place;
  bool inside;
};

void PrintTo(const PlaceCase& c, std::ostream* out) { *out << c.name; }

// A square [0, 10]² with the hole ]4, 6[², and a second polygon in two pieces around the
// antimeridian, from 175 E to 175 W.
class AreaTest : public ::testing::TestWithParam<PlaceCase> {};

TEST_P(AreaTest, HoldsWhatItCovers) {
  const Filter filter{.area = Area{{{Square(0, 0, 10, 10), Square(4, 4, 6, 6)},
                                    {Square(175, -5, 180, 5)},
                                    {Square(-180, -5, -175, 5)}}}};
  Sighting sighting = Reading();
  sighting.location = GetParam().place;
  EXPECT_EQ(Matches(filter, sighting), GetParam().inside);
}

INSTANTIATE_TEST_SUITE_P(
    Places, AreaTest,
    ::testing::Values(PlaceCase{"Inside", {2, 2}, true}, PlaceCase{"InTheHole", {5, 5}, false},
                      PlaceCase{"OnTheEdge", {10, 5}, true}, PlaceCase{"OnACorner", {0, 0}, true},
                      PlaceCase{"OnTheHolesEdge", {4, 5}, true},
                      PlaceCase{"Outside", {10.0001, 5}, false},
                      PlaceCase{"WestOfTheAntimeridian", {179, 0}, true},
                      PlaceCase{"EastOfTheAntimeridian", {-179, 0}, true},
                      PlaceCase{"OnTheAntimeridian", {180, 0}, true},
                      PlaceCase{"OnTheAntimeridianFromTheEast", {-180, 0}, true},
                      PlaceCase{"FarFromTheAntimeridian", {-170, 0}, false}),
    [](const auto& test) { return test.param.name; });

TEST(Matches, EdgesAreStraightInLonLat) {
  // The great circle from (0, 60) to (90, 60) rises to 69 degrees; the edge stays at 60.
  const Filter filter{.area = Area{{{{{0, 50}, {90, 50}, {90, 60}, {0, 60}, {0, 50}}}}}};
  Sighting sighting = Reading();
  sighting.location = Position{45, 61};
  EXPECT_FALSE(Matches(filter, sighting));
  sighting.location = Position{45, 60};
  EXPECT_TRUE(Matches(filter, sighting));
}

TEST(Matches, EitherRingOrientationIsTheSameArea) {
  Area::Ring ring = Square(0, 0, 10, 10);
  std::reverse(ring.begin(), ring.end());
  Sighting sighting = Reading();
  sighting.location = Position{5, 5};
  EXPECT_TRUE(Matches({.area = Area{{{ring}}}}, sighting));
  sighting.location = Position{15, 5};
  EXPECT_FALSE(Matches({.area = Area{{{ring}}}}, sighting));
}

}  // namespace
}  // namespace sightline::query
