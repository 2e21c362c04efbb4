// Plates and patterns: one normal form, and matching against a definition too simple to be wrong.
#include "core/plate.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace sightline {
namespace {

struct PlateCase {
  std::string read;
  std::string wanted;
};

class Plates : public testing::TestWithParam<PlateCase> {};

TEST_P(Plates, HaveOneNormalForm) {
  const auto plate = NormalizePlate(GetParam().read);
  ASSERT_TRUE(plate) << plate.error().message;
  EXPECT_EQ(*plate, GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(
    Plate, Plates,
    testing::Values(PlateCase{"ABC123", "ABC123"}, PlateCase{"abc-123", "ABC123"},
                    PlateCase{" 7 abc.123\t", "7ABC123"}, PlateCase{"京a·12 345", "京A12345"},
                    PlateCase{"京A·12345", "京A12345"}, PlateCase{"粤Ｂ１２３４５", "粤B12345"},
                    PlateCase{"京　A．１", "京A1"},  // ideographic blank, wide dot
                    PlateCase{"WJ01警1234", "WJ01警1234"},
                    PlateCase{"١٢٣٤ أ ب ج", "١٢٣٤أبج"},                     // Arabic digits stay
                    PlateCase{"กข 1234", "กข1234"}, PlateCase{"กิ1", "กิ1"},  // a Thai vowel mark
                    PlateCase{"品川 500 さ 12-34", "品川500さ1234"},
                    PlateCase{"ｻ12", "サ12"},  // half-width katakana
                    PlateCase{"straße 1", "STRASSE1"}, PlateCase{"éa", "ÉA"},
                    PlateCase{"e\u0301a", "ÉA"},
                    PlateCase{"e-\u0301a", "ÉA"},  // composed either way
                    PlateCase{"Ⅳ①", "IV1"}, PlateCase{"x²", "X2"},
                    PlateCase{"\u212A1", "K1"}));  // the Kelvin sign

TEST(Plate, TheNormalFormIsItsOwnNormalForm) {
  const uint64_t seed = 11;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  static constexpr std::string_view kPieces[] = {"a",  "Z", "9", "-",      " ", "·", "京",
                                                 "Ａ", "é", "e", "\u0301", "ß", "ŉ", "ΐ",
                                                 "ﬁ",  "ｶ", "ﾞ", "ก",      "ิ",  "አ"};
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (size_t left = 1 + random() % 8; left > 0; --left)
      text += kPieces[random() % std::size(kPieces)];
    const auto plate = NormalizePlate(text);
    if (!plate) continue;
    ++accepted;
    const auto again = NormalizePlate(*plate);
    ASSERT_TRUE(again) << text;
    ASSERT_EQ(*again, *plate) << text;
    const auto pattern = NormalizePlatePattern(text);
    ASSERT_TRUE(pattern) << text;
    ASSERT_EQ(*pattern, *plate) << "a pattern without wildcards is the plate: " << text;
  }
  EXPECT_GT(accepted, 10'000);
}

// A '·' sends a plate the long way, through Unicode's tables, and is dropped there.
TEST(Plate, TheShortWayForCommonCharactersSaysWhatTheLongWaySays) {
  for (char32_t c = 0x4E00; c <= 0x9FFF; ++c) {
    const std::string character = {static_cast<char>(0xE0 | c >> 12),
                                   static_cast<char>(0x80 | (c >> 6 & 0x3F)),
                                   static_cast<char>(0x80 | (c & 0x3F))};
    ASSERT_EQ(*NormalizePlate(character + "a"), *NormalizePlate(character + "·a")) << character;
  }
  for (char c = ' '; c < 0x7F; ++c) {
    const std::string character(1, c);
    EXPECT_TRUE(NormalizePlate(character + "1") == NormalizePlate(character + "·1")) << character;
  }
}

TEST(Plate, WhatIsNoPlateIsRefused) {
  for (const std::string text :
       {"", " ", "-.·", "A*1", "A?1", "A\\1", "A/1", "A_1", "A,1", "🚗1", "A\u200B1", "A\u00AD1",
        "A\uFE0F1", "\u0301", "1⃣", "½", "(A)", "A\x01", "A\xC3", "京\xE4\xBA", "\xE5" "AB1",
        "\xFF" "1"}) {
    const auto plate = NormalizePlate(text);
    EXPECT_FALSE(plate) << text << " became " << *plate;
  }
}

TEST(Plate, HasAtMost64BytesInItsNormalForm) {
  EXPECT_TRUE(NormalizePlate(std::string(64, 'a')));
  EXPECT_FALSE(NormalizePlate(std::string(65, 'a')));
  EXPECT_TRUE(NormalizePlate(std::string(64, 'a') + std::string(100, '-')));
  std::string ideographs;
  for (int i = 0; i < 21; ++i) ideographs += "京";
  EXPECT_TRUE(NormalizePlate(ideographs + "1"));
  EXPECT_FALSE(NormalizePlate(ideographs + "12"));
  EXPECT_FALSE(NormalizePlate(std::string(100'000, 'a')));
  EXPECT_FALSE(NormalizePlate("ﷺﷺﷺ"));  // three characters that NFKC makes 54 letters and blanks
}

TEST(PlatePattern, KeepsWildcardsAndEscapes) {
  const PlateCase cases[] = {{"京a*v76?6", "京A*V76?6"}, {"", ""},      {"*", "*"},
                             {"a-*", "A*"},              {"＊？", "*?"}, {"\\*a", "\\*A"},
                             {"\\a", "A"},               {"\\\\", "\\\\"}, {"e\u0301?", "É?"}};
  for (const PlateCase& example : cases) {
    const auto pattern = NormalizePlatePattern(example.read);
    ASSERT_TRUE(pattern) << example.read;
    EXPECT_EQ(*pattern, example.wanted);
  }
  for (const std::string text : {"a\\", "a,b", "a%", "\\,", "[ab]", "a\xC3"}) {
    EXPECT_FALSE(NormalizePlatePattern(text)) << text;
  }
}

TEST(PlatePattern, SaysWhatItBeginsWith) {
  struct Case {
    std::string pattern;
    std::string prefix;
    bool has_wildcard;
  };
  const Case cases[] = {{"京A1", "京A1", false}, {"京A*", "京A", true}, {"?A", "", true},
                        {"A\\*B?", "A*B", true}, {"A\\*B", "A*B", false}, {"A\\\\*", "A\\", true},
                        {"", "", false}};
  for (const Case& example : cases) {
    EXPECT_EQ(LiteralPrefix(example.pattern), example.prefix) << example.pattern;
    EXPECT_EQ(HasWildcard(example.pattern), example.has_wildcard) << example.pattern;
  }
}

// The code points of `text`, each as its own string.
std::vector<std::string> CodePoints(std::string_view text) {
  std::vector<std::string> points;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) points.emplace_back();
    points.back() += c;
  }
  return points;
}

// What matching means, by trying everything.
bool MatchesNaively(const std::vector<std::string>& plate, size_t t,
                    const std::vector<std::string>& pattern, size_t p) {
  if (p == pattern.size()) return t == plate.size();
  if (pattern[p] == "*") {
    return MatchesNaively(plate, t, pattern, p + 1) ||
           (t < plate.size() && MatchesNaively(plate, t + 1, pattern, p));
  }
  if (t == plate.size()) return false;
  if (pattern[p] == "?") return MatchesNaively(plate, t + 1, pattern, p + 1);
  const size_t literal = pattern[p] == "\\" ? p + 1 : p;
  return plate[t] == pattern[literal] && MatchesNaively(plate, t + 1, pattern, literal + 1);
}

TEST(PlatePattern, MatchesAsTheNaiveDefinitionDoes) {
  const uint64_t seed = 99;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  static constexpr std::string_view kPlatePieces[] = {"A", "B", "京", "津", "é"};
  static constexpr std::string_view kPatternPieces[] = {"A", "B", "京", "津", "é", "*", "?", "*",
                                                        "\\*", "\\?", "\\\\"};
  const auto text_of = [&](const auto& pieces, size_t max) {
    std::string text;
    for (size_t left = random() % max; left > 0; --left)
      text += pieces[random() % std::size(pieces)];
    return text;
  };
  int matches = 0;
  for (int round = 0; round < 200'000; ++round) {
    const std::string plate = text_of(kPlatePieces, 8);
    const std::string pattern = text_of(kPatternPieces, 7);
    const bool wanted = MatchesNaively(CodePoints(plate), 0, CodePoints(pattern), 0);
    ASSERT_EQ(MatchesPlatePattern(plate, pattern), wanted) << plate << " against " << pattern;
    matches += wanted;
    if (wanted) {
      ASSERT_TRUE(plate.starts_with(LiteralPrefix(pattern))) << plate << " " << pattern;
    }
  }
  EXPECT_GT(matches, 5'000);
}

TEST(PlatePattern, ManyStarsCostNoMoreThanTheProduct) {
  const std::string plate(64, 'A');
  std::string pattern;
  for (int i = 0; i < 30; ++i) pattern += "*A";
  EXPECT_TRUE(MatchesPlatePattern(plate, pattern));
  EXPECT_FALSE(MatchesPlatePattern(plate, pattern + "B"));
}

}  // namespace
}  // namespace sightline
