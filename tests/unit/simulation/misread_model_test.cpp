#include "simulation/misread_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "core/plate.h"
#include "simulation/confusions.h"

namespace sightline::simulation {
namespace {

constexpr int kMisreads = 20'000;
constexpr uint32_t kCamera = 3;

// Levenshtein, in characters.
size_t Distance(std::string_view a, std::string_view b) {
  const auto x = Characters(a);
  const auto y = Characters(b);
  std::vector<size_t> row(y.size() + 1);
  for (size_t j = 0; j <= y.size(); ++j) row[j] = j;
  for (size_t i = 0; i < x.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < y.size(); ++j) {
      const size_t substituted = diagonal + (x[i] == y[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

TEST(MisreadModel, NeverGivesTheTruePlateAndStaysWithinThreeChanges) {
  const MisreadModel model(1, PlateScheme::kChina);
  Random random(5);
  std::map<size_t, int> by_distance;
  for (int i = 0; i < kMisreads; ++i) {
    const std::string reading = model.Misread("京N6UT45", kCamera, random);
    EXPECT_EQ(NormalizePlate(reading).value(), reading);
    ++by_distance[Distance("京N6UT45", reading)];
  }
  EXPECT_EQ(by_distance.count(0), 0u);
  EXPECT_EQ(by_distance.rbegin()->first, 3u);
  EXPECT_NEAR(by_distance[1], 0.885 * kMisreads, 0.01 * kMisreads);
  EXPECT_NEAR(by_distance[2], 0.105 * kMisreads, 0.01 * kMisreads);
}

TEST(MisreadModel, MostlySubstitutesWhatLooksAlike) {
  const MisreadModel model(1, PlateScheme::kChina);
  Random random(6);
  int same_length = 0;
  int shorter = 0;
  int longer = 0;
  std::map<char, int> for_eight;
  const std::string plate = "京A80888";
  for (int i = 0; i < kMisreads; ++i) {
    const std::string reading = model.Misread(plate, kCamera, random);
    const size_t characters = Characters(reading).size();
    same_length += characters == 7;
    shorter += characters < 7;
    longer += characters > 7;
    if (characters == 7 && Distance(plate, reading) == 1 && reading.back() != '8') {
      ++for_eight[reading.back()];
    }
  }
  EXPECT_NEAR(same_length, 0.87 * kMisreads, 0.02 * kMisreads);
  EXPECT_GT(shorter, 0.05 * kMisreads);
  EXPECT_GT(longer, 0.03 * kMisreads);
  const auto most = std::ranges::max_element(for_eight, {}, [](const auto& e) { return e.second; });
  EXPECT_EQ(most->first, 'B');
}

TEST(MisreadModel, CamerasLeanDifferently) {
  const MisreadModel model(1, PlateScheme::kChina);
  const auto share_of_b = [&](uint32_t camera) {
    Random random(7);
    int b = 0;
    for (int i = 0; i < kMisreads; ++i)
      b += model.Misread("88888888", camera, random).find("B") != std::string::npos;
    return static_cast<double>(b) / kMisreads;
  };
  std::vector<double> shares;
  for (uint32_t camera = 0; camera < 10; ++camera) shares.push_back(share_of_b(camera));
  EXPECT_GT(*std::ranges::max_element(shares) - *std::ranges::min_element(shares), 0.1);
}

TEST(MisreadModel, ConfidencesOverlap) {
  Random random(8);
  double right = 0;
  double wrong = 0;
  int confident_wrong = 0;
  int doubtful_right = 0;
  for (int i = 0; i < kMisreads; ++i) {
    const double of_right = MisreadModel::Confidence(true, random);
    const double of_wrong = MisreadModel::Confidence(false, random);
    for (const double value : {of_right, of_wrong}) {
      EXPECT_GE(value, 0.3);
      EXPECT_LE(value, 1);
    }
    right += of_right / kMisreads;
    wrong += of_wrong / kMisreads;
    confident_wrong += of_wrong > 0.85;
    doubtful_right += of_right < 0.85;
  }
  EXPECT_NEAR(right, 0.94, 0.01);
  EXPECT_NEAR(wrong, 0.78, 0.01);
  EXPECT_GT(confident_wrong, kMisreads / 4);
  EXPECT_GT(doubtful_right, kMisreads / 20);
}

TEST(Confusions, EveryCharacterOfAPlateHasSomeAndTheyNameOthers) {
  const auto check = [](std::string_view character) {
    const auto confusions = ConfusionsOf(character);
    EXPECT_FALSE(confusions.empty()) << character;
    for (const Confusion& confusion : confusions) {
      EXPECT_NE(confusion.with, character);
      EXPECT_EQ(Characters(confusion.with).size(), 1u);
      EXPECT_EQ(IsProvince(confusion.with), IsProvince(character)) << character;
      EXPECT_GT(confusion.weight, 0);
    }
  };
  constexpr std::string_view kAscii = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (size_t i = 0; i < kAscii.size(); ++i) check(kAscii.substr(i, 1));
  for (const std::string_view province : Provinces()) check(province);
}

}  // namespace
}  // namespace sightline::simulation
