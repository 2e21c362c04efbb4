// The distance of plates against the textbook's recursion.
#include "core/plate_distance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "core/utf8.h"

namespace sightline {
namespace {

TEST(PlateDistance, CountsCharactersNotBytes) {
  struct Case {
    std::string text;
    std::string plate;
    int distance;
  };
  const Case cases[] = {
      {"京A12345", "京A12345", 0}, {"京A12345", "津A12345", 1}, {"京A12345", "A12345", 1},
      {"京A12345", "京A123456", 1}, {"京A12345", "京A21345", 2}, {"?A12345", "京A12345", 0},
      {"?A12345", "A12345", 1},     {"???", "京津", 1},          {"A?", "AB", 0},
      {"ABC", "XYZ", 3},            {"A", "ABCD", 3},            {"?", "?", 0},
      {"A", "?", 1},                {"ABCDEFGH", "", 8},         {"", "京津", 2},
  };
  for (const Case& example : cases) {
    EXPECT_EQ(PlateDistance(example.text, example.plate), example.distance)
        << example.text << " " << example.plate;
  }
}

int Recursive(std::u32string_view text, std::u32string_view plate) {
  if (text.empty()) return static_cast<int>(plate.size());
  if (plate.empty()) return static_cast<int>(text.size());
  const bool same = text[0] == plate[0] || text[0] == U'?';
  return std::min({Recursive(text.substr(1), plate.substr(1)) + (same ? 0 : 1),
                   Recursive(text.substr(1), plate) + 1, Recursive(text, plate.substr(1)) + 1});
}

std::string RandomText(std::mt19937_64& random, size_t min, size_t max, bool with_unknown) {
  static constexpr std::string_view kPieces[] = {"A", "B", "京", "津", "é", "?"};
  std::string text;
  for (size_t left = min + random() % (max - min + 1); left > 0; --left) {
    text += kPieces[random() % (std::size(kPieces) - (with_unknown ? 0 : 1))];
  }
  return text;
}

TEST(PlateDistance, IsTheTextbooksAndItsBoundsAgree) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    int near = 0;
    for (int round = 0; round < 3'000; ++round) {
      const std::string text = RandomText(random, 1, 6, true);
      const std::string plate = RandomText(random, 0, 6, false);
      const int wanted = Recursive(CodePoints(text), CodePoints(plate));
      ASSERT_EQ(PlateDistance(text, plate), wanted) << text << " " << plate;
      for (int max = 0; max <= 3; ++max) {
        const auto expected = wanted <= max ? std::optional(wanted) : std::nullopt;
        ASSERT_EQ(WithinPlateDistance(text, plate, max), expected) << text << " " << plate;
        const PlateNeighbourhood neighbourhood({text, max});
        ASSERT_EQ(neighbourhood.Distance(plate), expected)
            << text << " " << plate << " within " << max;
        ASSERT_TRUE(neighbourhood.MayHold(PlateSketch(plate)) || !expected) << text << " " << plate;
      }
      near += wanted <= 3;
    }
    EXPECT_GT(near, 500);
    EXPECT_LT(near, 2'900);
  }
}

TEST(PlateDistance, SketchesTellMostPlatesApart) {
  std::mt19937_64 random(1);
  const auto plate = [&] {
    std::string text = "京";
    for (int i = 0; i < 6; ++i) text += "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"[random() % 34];
    return text;
  };
  const PlateNeighbourhood neighbourhood({plate(), 1});
  int held = 0;
  for (int round = 0; round < 10'000; ++round) held += neighbourhood.MayHold(PlateSketch(plate()));
  EXPECT_LT(held, 200);
}

// 64 characters use every bit of the automaton's words.
TEST(PlateDistance, OfTheLongestPlatesIsExact) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int round = 0; round < 2'000; ++round) {
      std::string text(60 + random() % 5, 'A');
      for (char& c : text) c = "ABC?"[random() % 4];
      std::string plate = text;
      for (char& c : plate) c = c == '?' ? "ABC"[random() % 3] : c;
      for (size_t errors = random() % 5; errors > 0; --errors) {
        const size_t at = random() % plate.size();
        if (random() % 3 == 0) {
          plate.erase(at, 1);
        } else if (random() % 2 == 0) {
          plate[at] = 'D';
        } else if (plate.size() < 64) {
          plate.insert(at, 1, 'E');
        }
      }
      const int wanted = PlateDistance(text, plate);
      const auto expected = wanted <= 3 ? std::optional(wanted) : std::nullopt;
      ASSERT_EQ(PlateNeighbourhood({text, 3}).Distance(plate), expected) << text << " " << plate;
    }
  }
}

TEST(Utf8, CodePointsComeAndGo) {
  const std::string text = "A京é\xF0\x9F\x9A\x97";
  const std::u32string points = CodePoints(text);
  EXPECT_EQ(points, U"A京é\U0001F697");
  std::string back;
  for (const char32_t c : points) AppendUtf8(c, back);
  EXPECT_EQ(back, text);
  EXPECT_EQ(CodePoints("A\xFF" "B"), U"A\uFFFDB");
  for (const char32_t c : {char32_t{0xD800}, char32_t{0x110000}, char32_t{0xFFFFFFFF}}) {
    std::string shown;
    AppendUtf8(c, shown);
    EXPECT_EQ(shown, "\uFFFD");
  }
}

}  // namespace
}  // namespace sightline
