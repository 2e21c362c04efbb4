#include "simulation/plates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "core/plate.h"
#include "simulation/confusions.h"

namespace sightline::simulation {
namespace {

TEST(Plates, LookLikeTheirScheme) {
  const struct {
    PlateScheme scheme;
    PlateUse use;
    const char* pattern;
  } cases[] = {
      {PlateScheme::kChina, PlateUse::kLocal, "京[A-HJ-NP-Z][A-HJ-NP-Z0-9]{5}"},
      {PlateScheme::kChina, PlateUse::kLarge, "京[A-HJ-NP-Z][A-HJ-NP-Z0-9]{5}"},
      {PlateScheme::kChina, PlateUse::kNewEnergy, "京[A-HJ-NP-Z][DAF][A-HJ-NP-Z0-9][0-9]{4}"},
      {PlateScheme::kChina, PlateUse::kVisitor, "...[A-HJ-NP-Z][A-HJ-NP-Z0-9]{5}"},
      {PlateScheme::kCalifornia, PlateUse::kLocal, "[5-9][A-Z]{3}[0-9]{3}"},
      {PlateScheme::kCalifornia, PlateUse::kLarge, "[0-9][A-Z][0-9]{5}"},
      {PlateScheme::kCalifornia, PlateUse::kVisitor,
       "[A-Z]{3}[0-9]{3,4}|[0-9]{3}[A-Z]{3}|[0-9][A-Z]{2}[0-9]{4}"},
  };
  for (const auto& [scheme, use, pattern] : cases) {
    SCOPED_TRACE(pattern);
    PlateOffice office(1, scheme);
    const std::regex wanted(pattern);
    for (uint64_t vehicle = 0; vehicle < 300; ++vehicle) {
      const std::string plate = office.Issue(vehicle, use);
      EXPECT_TRUE(std::regex_match(plate, wanted)) << plate;
      EXPECT_EQ(NormalizePlate(plate).value(), plate);  // as it would be stored
    }
  }
}

TEST(Plates, AreNeverGivenTwice) {
  PlateOffice office(1, PlateScheme::kChina);
  std::set<std::string> given;
  for (uint64_t vehicle = 0; vehicle < 20'000; ++vehicle) {
    const std::string plate = office.Issue(vehicle, PlateUse::kLocal);
    EXPECT_TRUE(given.insert(plate).second) << plate;
    if (vehicle % 10 != 0) continue;
    const std::string neighbour = office.IssueNeighbour(vehicle, plate);
    if (!neighbour.empty()) {
      EXPECT_TRUE(given.insert(neighbour).second) << neighbour;
    }
  }
}

TEST(Plates, ANeighbourDiffersInOneConfusableCharacter) {
  PlateOffice office(1, PlateScheme::kChina);
  for (uint64_t vehicle = 0; vehicle < 500; ++vehicle) {
    const std::string plate = office.Issue(vehicle, PlateUse::kLocal);
    const std::string neighbour = office.IssueNeighbour(vehicle, plate);
    ASSERT_FALSE(neighbour.empty()) << plate;
    const auto a = Characters(plate);
    const auto b = Characters(neighbour);
    ASSERT_EQ(a.size(), b.size());
    int different = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      if (a[i] == b[i]) continue;
      ++different;
      const auto confusions = ConfusionsOf(a[i]);
      EXPECT_TRUE(std::ranges::any_of(confusions, [&](auto& c) { return c.with == b[i]; }));
    }
    EXPECT_EQ(different, 1) << plate << ' ' << neighbour;
  }
}

}  // namespace
}  // namespace sightline::simulation
