// Patterns and neighbourhoods in a plate table against looking at every plate.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/plate.h"
#include "core/plate_distance.h"
#include "index/plate_table.h"
#include "tests/unit/index/plate_sets.h"

namespace sightline::index {

bool operator==(const PlateTable::Near& a, const PlateTable::Near& b) {
  return a.ordinal == b.ordinal && a.distance == b.distance;
}

namespace {

struct Table {
  explicit Table(std::vector<std::string> wanted)
      : plates(std::move(wanted)),
        bytes(EncodePlateTable(plates)),
        view(PlateTable::View(std::as_bytes(std::span(bytes))).value()) {}

  std::vector<std::string> plates;
  std::string bytes;
  PlateTable view;
};

std::vector<uint32_t> MatchingByLooking(const Table& table, std::string_view pattern) {
  std::vector<uint32_t> matches;
  for (uint32_t i = 0; i < table.plates.size(); ++i) {
    if (MatchesPlatePattern(table.plates[i], pattern)) matches.push_back(i);
  }
  return matches;
}

std::vector<PlateTable::Near> NearByLooking(const Table& table, const PlateLike& like) {
  std::vector<PlateTable::Near> near;
  for (uint32_t i = 0; i < table.plates.size(); ++i) {
    const auto distance = WithinPlateDistance(like.text, table.plates[i], like.max_distance);
    if (distance) near.push_back({i, *distance});
  }
  return near;
}

TEST(PlatesMatching, AreThoseThatThePatternMatches) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    size_t some = 0;
    for (const PlateKind kind : kPlateKinds) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " kind " +
                   std::to_string(static_cast<int>(kind)));
      std::mt19937_64 random(seed);
      const Table table(RandomPlates(random, kind, 300));
      for (int round = 0; round < 400; ++round) {
        const std::string pattern = RandomPattern(random, table.plates);
        const auto wanted = MatchingByLooking(table, pattern);
        ASSERT_EQ(table.view.Matching(pattern, {}).value(), wanted) << pattern;
        some += !wanted.empty() && wanted.size() < table.plates.size();
      }
    }
    EXPECT_GT(some, 600u);
  }
}

// More words than are looked at in one block, and a rest that fills no register.
TEST(PlatesMatching, AreFoundInEveryBlock) {
  std::mt19937_64 random(9);
  const Table table(RandomPlates(random, PlateKind::kChinese, 10'000));
  ASSERT_GT(table.plates.size() % 32, 0u);
  for (const std::string pattern :
       {"*", "*7*", "?A*", "*6", "*6?", "????????", "*A*B*", "*??????*"}) {
    const auto wanted = MatchingByLooking(table, pattern);
    EXPECT_EQ(table.view.Matching(pattern, {}).value(), wanted) << pattern;
  }
}

TEST(PlatesMatching, OfOddPatternsAreAsDefined) {
  const Table table({"1", "11111111", "111111111", "A", "AB", "ABCDEFGH", "ABCDEFGHI",
                     "ABCDEFGHIJ", "B", "京A12345"});
  for (const std::string pattern :
       {"", "*", "**", "?", "*?", "?*", "*?*", "??*", "????????", "?????????", "*????????*",
        "????????*?", "\\A*", "\\*", "\\?", "\\\\", "A\\", "A*\\", "*H", "*I", "ABCDEFGH",
        "ABCDEFGH*", "ABCDEFGHI*", "ABCDEFGH?", "ABCDEFG?I", "*1*1*1*1*", "*1*1*1*1*1*1*1*1*1*",
        "*京*", "京*?5", "Ж", "*Ж*", "A*A", "AB*B", "*AB*BC*", "?B*?H*", "*C?E*"}) {
    const auto wanted = MatchingByLooking(table, pattern);
    EXPECT_EQ(table.view.Matching(pattern, {}).value(), wanted) << pattern;
  }
}

TEST(PlatesNear, AreThoseWithinTheDistance) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    size_t found = 0;
    for (const PlateKind kind : kPlateKinds) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " kind " +
                   std::to_string(static_cast<int>(kind)));
      std::mt19937_64 random(seed);
      const Table table(RandomPlates(random, kind, 300));
      for (int round = 0; round < 120; ++round) {
        const PlateLike like = {RandomText(random, table.plates), static_cast<int>(random() % 4)};
        const auto wanted = NearByLooking(table, like);
        ASSERT_EQ(table.view.PlatesNear(like, {}).value(), wanted)
            << like.text << " within " << like.max_distance;
        found += wanted.size();
      }
    }
    EXPECT_GT(found, 1'000u);
  }
}

TEST(PlatesNear, OfOddTextsAreAsDefined) {
  const Table table({"1", "11111111", "111111111", "A", "AB", "ABC", "ABCD", "ABCDEFGH",
                     "ABCDEFGHI", "ABCDEFGHIJ", "B", "京A12345"});
  for (const std::string text :
       {"?", "??", "????????", "?????????", "????????????", "A", "Ж", "ЖЖЖ", "ABCDEFGH",
        "ABCDEFGHIJKLM", "ABCDEFGHIJK", "BCDEFGHI", "?A12345", "京A12345?",
        "1111111111111111111111111111111111111111111111111111111111111111",
        "????????????????????????????????????????????????????????????????"}) {
    for (int distance = 0; distance <= 3; ++distance) {
      EXPECT_EQ(table.view.PlatesNear({text, distance}, {}).value(),
                NearByLooking(table, {text, distance}))
          << text << " within " << distance;
    }
  }
}

TEST(PlateSearches, StopWhenNobodyWaits) {
  std::mt19937_64 random(3);
  const Cancellation cancelled;
  Cancellation(cancelled).Cancel();
  for (const PlateKind kind : {PlateKind::kChinese, PlateKind::kPseudonyms}) {
    const Table table(RandomPlates(random, kind, 50));
    EXPECT_EQ(table.view.Matching("*1*A*", cancelled).error().code, ErrorCode::kCancelled);
    EXPECT_EQ(table.view.PlatesNear({"ABC", 2}, cancelled).error().code, ErrorCode::kCancelled);
  }
}

}  // namespace
}  // namespace sightline::index
